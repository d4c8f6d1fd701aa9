package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import java.time.LocalDate;

/**
 * Where a use counts. Many uses of one commit have it in common, and are added up before they are added to anything.
 *
 * @param category as exported, {@code other} past the cap
 * @param model as exported, likewise; empty where events name none
 * @param date in the provider's time zone
 * @param hour as in {@link Hour}
 */
record AggregationKey(String provider, String category, String model, LocalDate date, long hour) {
    /** The series in which it would count if there were no bound. */
    Series series(Measure measure) {
        return new Series(provider, category, model, measure);
    }
}
