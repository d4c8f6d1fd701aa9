package io.usageexporter.cli;

import io.usageexporter.Providers;
import io.usageexporter.cli.LogSetup.LogFormat;
import io.usageexporter.cli.LogSetup.LogLevel;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.config.Spelling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

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
            if (!(argument instanceof OptionSpec option)
                    || !option.longestName().contains(".")) {
                return null;
            }
            String value = variables.get(variable(option.longestName()));
            return value == null || value.isBlank() ? null : value;
        }

        /** One warning per variable whose name is nearly that of a flag, and which probably is a typo. */
        List<String> warnings(Collection<String> flags) {
            List<String> known = flags.stream()
                    .filter(flag -> flag.contains("."))
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

        /** The absolute path of the ledger, independent of the current folder. */
        Path ledger() {
            return absolute(storagePath);
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
