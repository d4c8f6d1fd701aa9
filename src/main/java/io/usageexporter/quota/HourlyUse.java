package io.usageexporter.quota;

import io.usageexporter.event.Measure;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.Snapshot;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What of one resource was used in each hour, as it counts towards the limit. Approximate, as it only serves to
 * foresee.
 *
 * @param first the number of the first hour, which has some use; see {@link Hour}
 * @param amounts of the hours from {@code first} to that of now, which is not over; not to be changed
 * @param last when the provider was last used; nothing is later
 */
@SuppressWarnings("ArrayRecordComponent") // hundreds of numbers, made and read in a few places
public record HourlyUse(long first, double[] amounts, Instant last) {
    /**
     * Takes the hours out of the totals.
     *
     * @param from the number of the first hour to look at
     * @return by resource; those without any use are absent
     */
    public static Map<String, HourlyUse> of(Provider provider, Snapshot totals, long from, Instant now) {
        int count = (int) Math.max(0, Hour.number(now) - from + 1);
        var amounts = new HashMap<String, double[]>();
        for (int i = 0; i < count; i++) {
            Map<Measure, BigDecimal> hour = totals.hours().getOrDefault(new Hour(provider.name(), from + i), Map.of());
            for (var part : hour.entrySet()) {
                double counted =
                        provider.counted(part.getKey(), part.getValue()).doubleValue();
                if (counted > 0) {
                    amounts.computeIfAbsent(part.getKey().resource(), resource -> new double[count])[i] += counted;
                }
            }
        }
        Instant last = totals.lastEvent().getOrDefault(provider.name(), now);
        var uses = new HashMap<String, HourlyUse>();
        amounts.forEach((resource, hours) -> uses.put(resource, startingWithUse(from, hours, last)));
        return uses;
    }

    private static HourlyUse startingWithUse(long from, double[] amounts, Instant last) {
        int idle = 0;
        while (amounts[idle] == 0) {
            idle++;
        }
        return new HourlyUse(from + idle, Arrays.copyOfRange(amounts, idle, amounts.length), last);
    }

    /** The use in an hour; 0 outside of those that are known. */
    double at(long hour) {
        return hour < first || hour >= first + amounts.length ? 0 : amounts[(int) (hour - first)];
    }
}
