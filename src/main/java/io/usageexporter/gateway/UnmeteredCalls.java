package io.usageexporter.gateway;

import io.usageexporter.event.TextRule;
import io.usageexporter.provider.UnmeteredReason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;

/** Counts the calls of one provider that could not be metered, and logs each reason once a minute. Thread-safe. */
final class UnmeteredCalls {
    private static final Logger LOG = System.getLogger(UnmeteredCalls.class.getName());
    private static final Duration LOGGED_EVERY = Duration.ofMinutes(1);

    private final String provider;
    private final GatewayMetrics metrics;
    private final InstantSource clock;
    private final Map<UnmeteredReason, Instant> logged = new EnumMap<>(UnmeteredReason.class);

    UnmeteredCalls(String provider, GatewayMetrics metrics, InstantSource clock) {
        this.provider = provider;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** @param path below the gateway's base URL, without the query */
    void add(UnmeteredReason reason, String method, String path) {
        metrics.unmetered(provider, reason);
        if (isDue(reason)) {
            LOG.log(
                    Level.WARNING,
                    "{0}: {1} {2} is not metered in full: {3}",
                    provider,
                    method,
                    TextRule.LABEL.sanitize(path),
                    reason.description());
        }
    }

    private synchronized boolean isDue(UnmeteredReason reason) {
        Instant now = clock.instant();
        Instant before = logged.get(reason);
        boolean due = before == null || !now.isBefore(before.plus(LOGGED_EVERY));
        if (due) {
            logged.put(reason, now);
        }
        return due;
    }
}
