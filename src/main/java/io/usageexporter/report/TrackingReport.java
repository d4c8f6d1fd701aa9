package io.usageexporter.report;

import io.usageexporter.event.Source;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.provider.RateLimit;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * How automatic tracking goes, and what it learned from providers besides use. Immutable.
 *
 * @param rateLimits that are not reset yet
 * @param reported what providers themselves count
 * @param reportedDays the same by day and model, by provider, as far as they tell
 * @param polls by provider
 * @param events by the sources that do not wait for the ledger
 */
public record TrackingReport(
        List<RateLimit> rateLimits,
        List<ProviderReportedUsage> reported,
        SortedMap<String, List<ProviderReportedDay>> reportedDays,
        SortedMap<String, Polled> polls,
        SortedMap<Source, Unrecorded> events) {

    /**
     * How polling a provider goes.
     *
     * @param success of the last poll; null before the first one ended
     * @param lastSuccess null before the first one
     */
    public record Polled(
            @Nullable Boolean success, @Nullable Instant lastSuccess) {}

    /**
     * Events that are not in the ledger.
     *
     * @param waiting for it
     * @param dropped since the start
     */
    public record Unrecorded(int waiting, long dropped) {}
}
