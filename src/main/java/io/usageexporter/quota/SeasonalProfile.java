package io.usageexporter.quota;

import java.time.Instant;
import java.time.ZoneId;

/**
 * The usual usage in each hour of the week. With the mean {@code m} of all past hours, the factor {@code H} of an hour
 * of the day and the factor {@code D} of a day of the week, each shrunk towards 1 where there is little past,
 *
 * <pre>
 *   H(hour)    = (sum of that hour of the day  + m / 4) / ((count + 1/4) m)
 *   D(day)     = (sum of that day of the week  + 24 m) / (sum of m H over the same hours + 24 m)
 *   e(hour, day) = (sum of that hour of the week + 8 m H D) / (count + 8)
 * </pre>
 *
 * so that it learns nights after a day or two, weekends after a week, and a weekly batch after some weeks.
 */
final class SeasonalProfile {
    private static final int HOURS = 24;
    private static final int DAYS = 7;
    private static final double HOUR_PRIOR = 0.25;
    private static final double DAY_PRIOR = 24;
    private static final double SLOT_PRIOR = 8;

    private final double[] expected;
    private final double mean;

    private SeasonalProfile(double[] expected, double mean) {
        this.expected = expected;
        this.mean = mean;
    }

    /**
     * Fits a profile to past usage.
     *
     * @param until the end of the past; after the first hour of usage
     */
    static SeasonalProfile of(HourlyUsage usage, long until, ZoneId zone) {
        double total = 0;
        var ofSlot = new double[DAYS * HOURS];
        var count = new int[DAYS * HOURS];
        for (long hour = usage.first(); hour < until; hour++) {
            int slot = slot(hour, zone);
            ofSlot[slot] += usage.at(hour);
            count[slot]++;
            total += usage.at(hour);
        }
        double mean = total / (until - usage.first());
        double[] hourFactor = hourFactors(ofSlot, count, mean);
        var expected = new double[DAYS * HOURS];
        for (int day = 0; day < DAYS; day++) {
            double sum = 0;
            double usual = 0;
            for (int hour = 0; hour < HOURS; hour++) {
                int slot = day * HOURS + hour;
                sum += ofSlot[slot];
                usual += count[slot] * mean * hourFactor[hour];
            }
            double dayFactor = (sum + DAY_PRIOR * mean) / (usual + DAY_PRIOR * mean);
            for (int hour = 0; hour < HOURS; hour++) {
                int slot = day * HOURS + hour;
                double prior = mean * hourFactor[hour] * dayFactor;
                expected[slot] = (ofSlot[slot] + SLOT_PRIOR * prior) / (count[slot] + SLOT_PRIOR);
            }
        }
        return new SeasonalProfile(expected, mean);
    }

    private static double[] hourFactors(double[] ofSlot, int[] count, double mean) {
        var factors = new double[HOURS];
        for (int hour = 0; hour < HOURS; hour++) {
            double sum = 0;
            int hours = 0;
            for (int day = 0; day < DAYS; day++) {
                sum += ofSlot[day * HOURS + hour];
                hours += count[day * HOURS + hour];
            }
            factors[hour] = (sum + HOUR_PRIOR * mean) / ((hours + HOUR_PRIOR) * mean);
        }
        return factors;
    }

    /** The mean of all past hours; above 0. */
    double mean() {
        return mean;
    }

    /** The usual usage in this hour; above 0. */
    double expected(long hour, ZoneId zone) {
        return expected[slot(hour, zone)];
    }

    /** The hour of the week in which this hour starts in the zone. */
    private static int slot(long hour, ZoneId zone) {
        long second = hour * 3600;
        long local = second
                + zone.getRules().getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
        return (int) Math.floorMod(Math.floorDiv(local, 3600L), (long) DAYS * HOURS);
    }
}
