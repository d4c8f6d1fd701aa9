package io.usageexporter.totals;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * The totals as a ledger holds them.
 *
 * @param daysFrom the first date that the sums include
 * @param labels names with series of their own
 * @param series the number of the first event that counts in each series
 * @param zones the zone in which the days of each provider are counted
 * @param firstDays the first day with usage of each provider, whether included or not
 */
public record StoredTotals(
        LocalDate daysFrom,
        Aggregates sums,
        List<Label> labels,
        Map<Series, Long> series,
        Map<String, ZoneId> zones,
        Map<String, LocalDate> firstDays) {}
