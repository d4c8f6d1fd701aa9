package io.usageexporter.cli;

import io.usageexporter.Providers;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks whether a configuration file is valid. */
@Command(
        name = "check-config",
        description =
                "Check a configuration file, and report all errors and warnings. Exit status 0 if it is valid, even with"
                        + " warnings; 1 otherwise.",
        mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The configuration file (YAML).")
    Path file = Path.of("");

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            Config config =
                    Providers.configReader().load(file, spec.commandLine().getErr()::println);
            spec.commandLine()
                    .getOut()
                    .println(file + ": valid; providers: "
                            + String.join(", ", config.providers().keySet()));
            return ExitStatus.OK;
        } catch (InvalidConfigException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.FAILURE;
        }
    }
}
