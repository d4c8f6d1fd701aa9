package io.usageexporter.provider;

import io.usageexporter.quota.AccountPlan;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What polls of a provider have found. Immutable.
 *
 * @param figures the usage that the provider itself reports; empty before the first poll
 * @param days the same by day and model; null where it does not report that
 * @param plan what the account allows; null if unknown or without limits
 */
public record PollResult(
        List<Figure> figures,
        @Nullable List<ProviderReportedDay> days,
        @Nullable AccountPlan plan) {
    public PollResult {
        figures = List.copyOf(figures);
        days = days == null ? null : List.copyOf(days);
    }

    /**
     * The usage in a window.
     *
     * @param until when it expires, with its window
     */
    public record Figure(ProviderReportedUsage reported, Instant until) {}

    /** Whether nothing was found yet. */
    public boolean isEmpty() {
        return figures.isEmpty() && (days == null || days.isEmpty()) && plan == null;
    }

    /** The usage that the provider itself reports for the windows of an instant. */
    public List<ProviderReportedUsage> reported(Instant at) {
        return figures.stream()
                .filter(figure -> figure.until().isAfter(at))
                .map(Figure::reported)
                .toList();
    }
}
