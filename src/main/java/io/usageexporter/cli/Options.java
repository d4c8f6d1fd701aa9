package io.usageexporter.cli;

import io.usageexporter.Providers;
import io.usageexporter.cli.LogSetup.LogFormat;
import io.usageexporter.cli.LogSetup.LogLevel;
import io.usageexporter.client.ExporterAccess;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.config.Spelling;
import io.usageexporter.ledger.LedgerAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Flags shared by several commands. */
final class Options {
    private Options() {}

    /** A number of events, in words. */
    static String events(long count) {
        return count == 1 ? "1 event" : count + " events";
    }

    /** Every flag has an environment variable; the flag wins. */
    static final class Environment implements IDefaultValueProvider {
        private static final String PREFIX = "USAGE_EXPORTER_";

        private final Map<String, String> variables;

        Environment(Map<String, String> variables) {
            this.variables = Map.copyOf(variables);
        }

        @Override
        public @Nullable String defaultValue(ArgSpec argument) {
            if (!(argument instanceof OptionSpec option) || !hasVariable(option.longestName())) {
                return null;
            }
            String value = variables.get(variable(option.longestName()));
            return value == null || value.isBlank() ? null : value;
        }

        /**
         * One warning per variable whose name is nearly that of a flag, and which probably is a typo.
         *
         * @param flags called only if there is a variable
         */
        List<String> warnings(Supplier<Collection<String>> flags) {
            if (variables.keySet().stream().noneMatch(variable -> variable.startsWith(PREFIX))) {
                return List.of();
            }
            List<String> known = flags.get().stream()
                    .filter(Environment::hasVariable)
                    .map(Environment::variable)
                    .map(variable -> variable.substring(PREFIX.length()))
                    .toList();
            var warnings = new ArrayList<String>();
            for (String variable : new TreeSet<>(variables.keySet())) {
                if (variable.startsWith(PREFIX)) {
                    Spelling.closest(variable.substring(PREFIX.length()), known)
                            .ifPresent(meant -> warnings.add("environment variable " + variable
                                    + " has no effect; did you mean " + PREFIX + meant + "?"));
                }
            }
            return warnings;
        }

        /** Those with a dot, and two whose variables the Python client has, too. */
        private static boolean hasVariable(String flag) {
            return flag.contains(".") || flag.equals("--token") || flag.equals("--url");
        }

        /** {@code --storage.path} is {@code USAGE_EXPORTER_STORAGE_PATH}. */
        static String variable(String flag) {
            return PREFIX
                    + flag.substring(2).replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
        }
    }

    /** Configuration file and ledger. */
    static final class StorageOptions {
        @Option(
                names = "--config.file",
                paramLabel = "FILE",
                description = "Configuration file (YAML). Default: none; the built-in limits apply.")
        @Nullable
        Path configFile;

        @Option(
                names = "--storage.path",
                paramLabel = "FILE",
                defaultValue = "data/usage.db",
                description = "Ledger: an SQLite file, relative to the current folder. Default: ${DEFAULT-VALUE}.")
        Path storagePath = Path.of("data", "usage.db");

        @Option(
                names = "--storage.url",
                paramLabel = "URL",
                description = "Ledger that several exporters share, in place of --storage.path:"
                        + " jdbc:postgresql://HOST/DATABASE. Default: none.")
        @Nullable
        String storageUrl;

        /** The ledger, independent of the current folder. */
        LedgerAddress ledger() {
            return storageUrl == null || storageUrl.isEmpty()
                    ? LedgerAddress.of(absolute(storagePath))
                    : new LedgerAddress.Shared(storageUrl);
        }

        /** What to call the ledger: its path as given, or its URL without a password. */
        String ledgerName() {
            return ledger() instanceof LedgerAddress.Shared shared ? shared.toString() : storagePath.toString();
        }

        Config readConfig(Consumer<String> warnings) throws InvalidConfigException {
            return Providers.configReader().load(configFile, warnings);
        }

        /**
         * Describes the ledger and the configuration in use.
         *
         * @param isNew whether the ledger was just created
         * @param events the number of events in the ledger
         */
        String inUse(boolean isNew, long events) {
            return ledgerInUse(isNew, events) + ", " + configurationInUse();
        }

        String ledgerInUse(boolean isNew, long events) {
            return "ledger " + ledger() + " (" + (isNew ? "new" : events(events)) + ")";
        }

        String configurationInUse() {
            return configFile == null
                    ? "built-in configuration (no --config.file is given)"
                    : "configuration " + absolute(configFile);
        }

        /** Normalized, except for {@code ..}, which may lead elsewhere through a symbolic link. */
        private static Path absolute(Path path) {
            Path absolute = path.toAbsolutePath();
            for (Path part : absolute) {
                if (part.toString().equals("..")) {
                    return absolute;
                }
            }
            return absolute.normalize();
        }
    }

    /** The exporter that writes the ledger, if one runs. */
    static final class ExporterOption {
        @Option(
                names = "--url",
                paramLabel = "URL",
                converter = ExporterUrl.class,
                description = "A running exporter, such as localhost:5000. Default: none; the ledger is written.")
        @Nullable
        URI url;
    }

    /** How a command authenticates to a running exporter. */
    static final class ClientOptions {
        @Option(
                names = "--token.file",
                paramLabel = "FILE",
                description = "File with an API token of the exporter. Default: none.")
        @Nullable
        Path tokenFile;

        @Option(
                names = "--token",
                paramLabel = "TOKEN",
                description = "The token itself; other users of the machine see flags, but not USAGE_EXPORTER_TOKEN.")
        @Nullable
        String token;

        @Option(
                names = "--ca.file",
                paramLabel = "FILE",
                description = "PEM file of the authorities that the exporter's certificate may be from."
                        + " Default: those that Java trusts.")
        @Nullable
        Path caFile;

        @Spec(Spec.Target.MIXEE)
        CommandSpec command = CommandSpec.create();

        /** @throws ParameterException if a file cannot be used */
        ExporterAccess access() {
            try {
                return new ExporterAccess(
                        token == null && tokenFile != null ? ExporterAccess.readToken(tokenFile) : token,
                        caFile == null ? null : ExporterAccess.readAuthorities(caFile));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
            }
        }
    }

    /** Log level and format. */
    static final class LogOptions {
        @Option(
                names = "--log.level",
                paramLabel = "LEVEL",
                defaultValue = "info",
                description = "Lowest level to log: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        LogLevel level = LogLevel.info;

        @Option(
                names = "--log.format",
                paramLabel = "FORMAT",
                defaultValue = "logfmt",
                description = "Format of the log: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        LogFormat format = LogFormat.logfmt;

        void apply() {
            LogSetup.apply(level, format);
        }
    }
}
