package io.usageexporter.cli;

import io.usageexporter.Providers;
import io.usageexporter.access.WebConfigFile;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks whether a configuration file is valid. */
@Command(
        name = "check-config",
        description =
                "Check a configuration file, and report all errors and warnings. Exit status 0 if it is valid, even"
                        + " with warnings; 1 otherwise.",
        mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "The configuration file (YAML).")
    @Nullable
    Path file;

    @Option(names = "--web.config.file", paramLabel = "FILE", description = "The web configuration file (YAML).")
    @Nullable
    Path webConfigFile;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (file == null && webConfigFile == null) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'FILE'");
        }
        PrintWriter out = spec.commandLine().getOut();
        Consumer<String> warnings = spec.commandLine().getErr()::println;
        try {
            if (file != null) {
                Config config = Providers.configReader().load(file, warnings);
                out.println(file + ": valid; providers: "
                        + String.join(", ", config.providers().keySet()));
            }
            if (webConfigFile != null) {
                WebConfigFile.check(webConfigFile, warnings);
                out.println(webConfigFile + ": valid");
            }
            return ExitStatus.OK;
        } catch (InvalidConfigException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.FAILURE;
        }
    }
}
