package io.usageexporter.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Logs failures, each reason at most once a minute, so that an outage does not flood the application's log. Reasons of a
 * kind that differ only in numbers count as the same; past {@value #MAX_REASONS} in a minute, all reasons of a kind do.
 * Thread-safe, and never throws.
 */
final class ThrottledLogger {
    /** Kinds that are throttled separately. */
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
    private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

    static final int MAX_REASONS = 50;

    private final LongSupplier nanos;
    private final Map<String, Long> lastLogged = new HashMap<>();

    ThrottledLogger() {
        this(System::nanoTime);
    }

    /** @param nanos a clock like {@link System#nanoTime} */
    ThrottledLogger(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Logs a warning of a kind without reasons. Returns whether it was logged. */
    boolean warn(Kind kind, String message) {
        return warn(kind, "", message);
    }

    /** Logs a warning. Returns whether it was logged. */
    boolean warn(Kind kind, String reason, String message) {
        long now = nanos.getAsLong();
        synchronized (lastLogged) {
            if (lastLogged.size() >= MAX_REASONS) {
                lastLogged.values().removeIf(before -> now - before >= INTERVAL);
            }
            String key = kind + (lastLogged.size() < MAX_REASONS ? reason.replaceAll("[0-9]+", "#") : "");
            Long before = lastLogged.get(key);
            if (before != null && now - before < INTERVAL) {
                return false;
            }
            lastLogged.put(key, now);
        }
        log(Level.WARNING, message);
        return true;
    }

    /** Logs a recovery. */
    void info(String message) {
        log(Level.INFO, message);
    }

    private static void log(Level level, String message) {
        try {
            LOG.log(level, message);
        } catch (RuntimeException e) {
            // The application's logging is broken, which must not break the application.
        }
    }
}
