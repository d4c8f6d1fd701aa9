package io.usageexporter.report;

import io.usageexporter.event.Source;
import io.usageexporter.provider.PlanWindowState;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.provider.RateLimit;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state of automatic tracking, and what providers report besides usage. Immutable.
 *
 * @param rateLimits rate limits that have not reset yet
 * @param planWindows windows of subscriptions that have not reset yet
 * @param reported usage as reported by providers
 * @param reportedDays the same per day and model, by provider, where reported
 * @param polls the state of polling, by provider
 * @param events unrecorded events, by the sources that do not wait for the ledger
 */
public record TrackingReport(
        List<RateLimit> rateLimits,
        List<PlanWindowState> planWindows,
        List<ProviderReportedUsage> reported,
        SortedMap<String, List<ProviderReportedDay>> reportedDays,
        SortedMap<String, Polled> polls,
        SortedMap<Source, Unrecorded> events) {

    /** The windows of a provider's subscriptions, by organization; several states each. */
    public SortedMap<String, List<PlanWindowState>> subscriptions(String provider) {
        return planWindows.stream()
                .filter(state -> state.window().provider().equals(provider))
                .collect(Collectors.groupingBy(
                        state -> state.window().organization(), TreeMap::new, Collectors.toList()));
    }

    /**
     * The state of polling a provider.
     *
     * @param success whether the last poll succeeded; null before the first
     * @param lastSuccess when a poll last succeeded; null before that
     */
    public record Polled(
            @Nullable Boolean success, @Nullable Instant lastSuccess) {}

    /**
     * The numbers of events that are not in the ledger.
     *
     * @param waiting events queued for it
     * @param dropped events dropped since the start
     */
    public record Unrecorded(int waiting, long dropped) {}
}
