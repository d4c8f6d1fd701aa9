package io.usageexporter.cli;

import java.util.Arrays;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Sends all logs, including those of libraries, to standard error, one line per entry. */
final class LogSetup {
    /** Values of {@code --log.level}. */
    enum LogLevel {
        debug(Level.FINE),
        info(Level.INFO),
        warn(Level.WARNING),
        error(Level.SEVERE);

        private final int value;

        LogLevel(Level level) {
            this.value = level.intValue();
        }

        private Level level() {
            return Level.parse(Integer.toString(value));
        }

        /** The name of a level of java.util.logging. */
        static String nameOf(Level level) {
            return Arrays.stream(values())
                    .filter(each -> each.value >= level.intValue())
                    .findFirst()
                    .orElse(error)
                    .name();
        }
    }

    /** Values of {@code --log.format}. */
    enum LogFormat {
        logfmt,
        json
    }

    private LogSetup() {}

    static void apply(LogLevel level, LogFormat format) {
        LogManager.getLogManager().reset();
        var handler = new ConsoleHandler();
        handler.setLevel(Level.ALL);
        handler.setFormatter(new LogFormatter(format));
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        // Libraries' entries below a warning are of no use to operators.
        root.setLevel(level == LogLevel.error ? Level.SEVERE : Level.WARNING);
        OURS.setLevel(level.level());
        // It quotes providers' data; the gateway responds to such calls, and counts them, itself.
        UNDERTOW_CLIENT.setLevel(Level.OFF);
    }

    // Strong references, since the log manager holds loggers weakly.
    private static final Logger OURS = Logger.getLogger("io.usageexporter");
    private static final Logger UNDERTOW_CLIENT = Logger.getLogger("io.undertow.client");
}
