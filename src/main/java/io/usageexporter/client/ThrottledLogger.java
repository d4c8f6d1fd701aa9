package io.usageexporter.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Logs what goes wrong, each reason at the most once a minute, so that an outage does not fill the application's log.
 * Reasons of a kind that differ by nothing but numbers are the same; past {@value #MAX_REASONS} in a minute, all of a kind
 * are. Thread-safe, and never throws.
 */
final class ThrottledLogger {
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

    static final int MAX_REASONS = 50;

    private final LongSupplier nanos;
    private final Map<String, Long> said = new HashMap<>();

    ThrottledLogger() {
        this(System::nanoTime);
    }

    /** @param nanos a clock like {@link System#nanoTime} */
    ThrottledLogger(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Says what needs no reason. Returns whether it was said. */
    boolean warn(Kind kind, String message) {
        return warn(kind, "", message);
    }

    /** Returns whether it was said. */
    boolean warn(Kind kind, String reason, String message) {
        long now = nanos.getAsLong();
        synchronized (said) {
            if (said.size() >= MAX_REASONS) {
                said.values().removeIf(before -> now - before >= SILENCE);
            }
            String key = kind + (said.size() < MAX_REASONS ? reason.replaceAll("[0-9]+", "#") : "");
            Long before = said.get(key);
            if (before != null && now - before < SILENCE) {
                return false;
            }
            said.put(key, now);
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
