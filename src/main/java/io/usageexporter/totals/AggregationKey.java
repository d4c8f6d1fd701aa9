package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import java.time.LocalDate;
import java.util.List;

/**
 * What an event is aggregated by, under exported names. Events of one commit that share a key are added up first.
 *
 * @param date in the provider's time zone
 * @param hour as in {@link Hour}
 * @param windows the parts of hours and sessions, where these are counted
 */
record AggregationKey(
        String provider,
        String category,
        String consumer,
        String model,
        String pricing,
        LocalDate date,
        long hour,
        List<WindowPart> windows) {
    /** The series that it would count in if there were no bound. */
    Series series(Measure measure) {
        return new Series(provider, category, consumer, model, pricing, measure);
    }
}
