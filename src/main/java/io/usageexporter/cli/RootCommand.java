package io.usageexporter.cli;

import io.usageexporter.Version;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The program: serves unless a subcommand is given. */
@Command(
        name = "usage-exporter",
        description = "Shows how much of a paid API has been used, how much is left, when it resets, and what uses it.",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.VersionText.class,
        footer = {
            "",
            "Each flag with a dot has an environment variable, --url and --token too: --storage.path is",
            "USAGE_EXPORTER_STORAGE_PATH.",
            "Exit status: 0 (success), 1 (failure or negative result), 2 (usage error)."
        })
public final class RootCommand extends AbstractServeCommand {
    private static final Map<String, Class<?>> SUBCOMMANDS = subcommands(
            ServeCommand.class,
            SummaryCommand.class,
            RecordCommand.class,
            DemoCommand.class,
            CheckConfigCommand.class,
            PricesCommand.class,
            ExportCommand.class,
            LicensesCommand.class,
            ImportCommand.class,
            UndoCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            MigrateCommand.class,
            VerifyCommand.class,
            HealthcheckCommand.class,
            TokenCommand.class);

    private static Map<String, Class<?>> subcommands(Class<?>... types) {
        var byName = new LinkedHashMap<String, Class<?>>();
        for (Class<?> type : types) {
            byName.put(type.getAnnotation(Command.class).name(), type);
        }
        return byName;
    }

    /**
     * Runs the command line.
     *
     * @return the exit status: 0, 1 (failure or negative result) or 2 (usage error)
     */
    public static int run(String... arguments) {
        return run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                System.getenv(),
                arguments);
    }

    static int run(PrintWriter out, PrintWriter err, Map<String, String> variables, String... arguments) {
        var environment = new Options.Environment(variables);
        var commandLine = commandLine(needed(arguments))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, all) -> {
                    e.getCommandLine().getErr().println(UsageError.explain(e));
                    return ExitStatus.USAGE;
                })
                .setExecutionStrategy(parsed -> {
                    if (!(lastOf(parsed) instanceof AbstractServeCommand)) { // which logs them
                        environment.warnings(RootCommand::flags).forEach(warning -> err.println("warning: " + warning));
                    }
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(command.getCommandName() + ": " + failure);
                    return ExitStatus.FAILURE;
                });
        commandLine.setDefaultValueProvider(environment);
        return commandLine.execute(arguments);
    }

    private static Object lastOf(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        return last.commandSpec().userObject();
    }

    /** The subcommands that arguments may mean. To read the flags of all takes as long as the rest of a start. */
    private static Collection<Class<?>> needed(String... arguments) {
        if (Stream.of(arguments).allMatch(each -> each.startsWith("--") && !each.startsWith("--help"))) {
            return List.of();
        }
        Class<?> named = SUBCOMMANDS.get(arguments[0]);
        return named == null ? SUBCOMMANDS.values() : List.of(named);
    }

    static CommandLine commandLine() {
        return commandLine(SUBCOMMANDS.values());
    }

    private static CommandLine commandLine(Collection<Class<?>> subcommands) {
        var commandLine = new CommandLine(new RootCommand());
        subcommands.forEach(commandLine::addSubcommand);
        commandLine.setUsageHelpWidth(100).getCommandSpec().usageMessage().abbreviateSynopsis(true);
        for (CommandLine subcommand : commandLine.getSubcommands().values()) {
            subcommand.getCommandSpec().versionProvider(new VersionText());
            subcommand.getCommandSpec().usageMessage().abbreviateSynopsis(true);
        }
        return commandLine;
    }

    /** The long names of all flags, including those of subcommands. */
    static Collection<String> flags() {
        CommandLine root = commandLine();
        return Stream.concat(Stream.of(root), root.getSubcommands().values().stream())
                .flatMap(command -> command.getCommandSpec().options().stream())
                .map(OptionSpec::longestName)
                .collect(Collectors.toUnmodifiableSet());
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
