package io.usageexporter.cli;

import io.usageexporter.cli.LogSetup.LogFormat;
import io.usageexporter.cli.LogSetup.LogLevel;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Flags that several commands share. */
final class Options {
    private Options() {}

    /** Every flag has an environment variable; the flag wins. */
    static final class Environment implements IDefaultValueProvider {
        @Override
        public @Nullable String defaultValue(ArgSpec argument) {
            return argument instanceof OptionSpec option && option.longestName().contains(".")
                    ? System.getenv(variable(option.longestName()))
                    : null;
        }

        /** {@code --storage.path} is {@code USAGE_EXPORTER_STORAGE_PATH}. */
        static String variable(String flag) {
            return "USAGE_EXPORTER_"
                    + flag.substring(2).replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
        }
    }

    /** Which configuration and which ledger. */
    static final class Data {
        @Option(
                names = "--config.file",
                paramLabel = "FILE",
                description = "Configuration file. Default: none, the built-in limits.")
        @Nullable
        Path configFile;

        @Option(
                names = "--storage.path",
                paramLabel = "FILE",
                defaultValue = "data/usage.db",
                description = "Ledger, an SQLite file. Default: ${DEFAULT-VALUE}.")
        Path storagePath = Path.of("data", "usage.db");
    }

    /** How to log. */
    static final class Log {
        @Option(
                names = "--log.level",
                paramLabel = "LEVEL",
                defaultValue = "info",
                description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        LogLevel level = LogLevel.info;

        @Option(
                names = "--log.format",
                paramLabel = "FORMAT",
                defaultValue = "logfmt",
                description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        LogFormat format = LogFormat.logfmt;

        void apply() {
            LogSetup.apply(level, format);
        }
    }
}
