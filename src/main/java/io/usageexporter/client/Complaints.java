package io.usageexporter.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Logs what goes wrong, each kind of it at the most once a minute, so that an outage does not fill the application's
 * log. Thread-safe, and never throws.
 */
final class Complaints {
    /** What is said apart from the others. */
    enum Kind {
        INVALID,
        CONFLICT,
        QUEUE_FULL,
        CLOSED,
        LOST,
        UNDELIVERED,
        FAILED
    }

    private static final Logger LOG = System.getLogger(UsageClient.class.getName());
    private static final long SILENCE = TimeUnit.MINUTES.toNanos(1);

    private final Map<Kind, Long> said = new EnumMap<>(Kind.class);

    /** Returns whether it was said. */
    boolean warn(Kind kind, String message) {
        long now = System.nanoTime();
        synchronized (said) {
            Long before = said.get(kind);
            if (before != null && now - before < SILENCE) {
                return false;
            }
            said.put(kind, now);
        }
        say(Level.WARNING, message);
        return true;
    }

    /** Says that what was complained of is over. */
    void info(String message) {
        say(Level.INFO, message);
    }

    private static void say(Level level, String message) {
        try {
            LOG.log(level, message);
        } catch (RuntimeException e) {
            // The application's logging is broken, which is no reason to break what it tracks; there is no one to tell.
        }
    }
}
