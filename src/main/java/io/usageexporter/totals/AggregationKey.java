package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import java.time.LocalDate;

/**
 * What an event is aggregated by, under exported names. Events of one commit that share a key are added up first.
 *
 * @param date in the provider's time zone
 * @param hour as in {@link Hour}
 */
record AggregationKey(
        String provider, String category, String consumer, String model, String pricing, LocalDate date, long hour) {
    /** The series that it would count in if there were no bound. */
    Series series(Measure measure) {
        return new Series(provider, category, consumer, model, pricing, measure);
    }
}
