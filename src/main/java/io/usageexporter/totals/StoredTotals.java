package io.usageexporter.totals;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * The totals as a ledger holds them.
 *
 * @param daysFrom the first date that the sums include
 * @param windowsFrom the sums include all hours and sessions that may contain this instant or later ones
 * @param labels names with series of their own
 * @param series the number of the first event that counts in each series
 * @param pricing by which the days of each provider are counted
 * @param counted the hours and sessions that are counted, by provider; absent for none
 * @param sessions when the sessions of each provider began, from {@code daysFrom} on
 * @param firstDays the first day with usage of each provider, whether included or not
 */
public record StoredTotals(
        LocalDate daysFrom,
        Instant windowsFrom,
        Aggregates sums,
        List<Label> labels,
        Map<Series, Long> series,
        PricingRules pricing,
        Map<String, CountedWindows> counted,
        Map<String, List<Instant>> sessions,
        Map<String, LocalDate> firstDays) {}
