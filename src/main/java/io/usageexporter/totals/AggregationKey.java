package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import java.time.LocalDate;

/**
 * What an event is aggregated by. Events of one commit that share a key are added up first.
 *
 * @param category as exported, {@code other} past the cap
 * @param model as exported, {@code other} past the cap; empty where events name none
 * @param date in the provider's time zone
 * @param hour as in {@link Hour}
 */
record AggregationKey(String provider, String category, String model, LocalDate date, long hour) {
    /** The series that it would count in if there were no bound. */
    Series series(Measure measure) {
        return new Series(provider, category, model, measure);
    }
}
