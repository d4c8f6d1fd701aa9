package io.usageexporter.cli;

import java.util.Arrays;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Sends every log, the libraries' too, to standard error as one line an entry. */
final class LogSetup {
    /** What {@code --log.level} takes. */
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

        /** The name that an entry of java.util.logging's level has. */
        static String nameOf(Level level) {
            return Arrays.stream(values())
                    .filter(each -> each.value >= level.intValue())
                    .findFirst()
                    .orElse(error)
                    .name();
        }
    }

    /** What {@code --log.format} takes. */
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
        // What the libraries say below a warning is of no use to who runs an exporter.
        root.setLevel(level == LogLevel.error ? Level.SEVERE : Level.WARNING);
        OURS.setLevel(level.level());
        // It quotes what a provider sends; the gateway answers and counts such a call by itself.
        UNDERTOWS_CLIENT.setLevel(Level.OFF);
    }

    // Kept, since the log manager holds its loggers weakly.
    private static final Logger OURS = Logger.getLogger("io.usageexporter");
    private static final Logger UNDERTOWS_CLIENT = Logger.getLogger("io.undertow.client");
}
