package io.usageexporter.cli;

import io.usageexporter.Version;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program: serves unless a subcommand says otherwise. */
@Command(
        name = "usage-exporter",
        description = "Tells how much of a paid API is used, how much is left, when it resets, and who uses it.",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.VersionText.class,
        footer = {"", "Each flag with a dot has an environment variable: --storage.path is USAGE_EXPORTER_STORAGE_PATH."
        },
        subcommands = {
            ServeCommand.class,
            SummaryCommand.class,
            RecordCommand.class,
            DemoCommand.class,
            CheckConfigCommand.class,
            VerifyCommand.class,
            HealthcheckCommand.class
        })
public final class RootCommand extends Serving {
    /**
     * Runs the command line.
     *
     * @return the exit status: 0, 1 (it ran and the answer is no) or 2 (wrong use)
     */
    public static int run(String... arguments) {
        return run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                arguments);
    }

    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        var commandLine = new CommandLine(new RootCommand())
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(100)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(command.getCommandName() + ": " + failure);
                    return ExitStatus.NO;
                });
        commandLine.setDefaultValueProvider(new Options.Environment());
        return commandLine.execute(arguments);
    }

    /** What {@code --version} prints. */
    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            Version version = Version.current();
            return new String[] {
                "usage-exporter, version " + version.number() + " (revision " + version.revision() + ", java "
                        + System.getProperty("java.version") + ")"
            };
        }
    }
}
