package io.usageexporter.provider;

import io.usageexporter.quota.ExhaustionForecast;
import java.time.Duration;
import java.time.Instant;

/**
 * What is known of a rate-limit window of a subscription. Immutable.
 *
 * @param window as last reported
 * @param isBinding whether it is the window that limits calls now
 * @param reportedAt when it was
 * @param forecast when all of it will be used
 */
public record PlanWindowState(PlanWindow window, boolean isBinding, Instant reportedAt, ExhaustionForecast forecast) {
    private static final Duration MAX_AGE = Duration.ofDays(1);

    /** Whether the share is known to be complete: it was reported within a day. */
    public boolean isKnown(Instant now) {
        return reportedAt.plus(MAX_AGE).isAfter(now);
    }
}
