package io.usageexporter.quota;

import io.usageexporter.event.Measure;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Snapshot;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The hourly usage of one resource, as it counts towards the limit. Approximate, since it only serves to forecast and
 * to find when a limit was reached.
 *
 * @param first the number of the first hour with usage; see {@link Hour}
 * @param amounts of the hours from {@code first} to the current one; must not be modified
 * @param bounds the instants of the first and the last usage, for hours with usage
 */
@SuppressWarnings("ArrayRecordComponent") // hundreds of numbers, created and read in a few places
public record HourlyUsage(long first, double[] amounts, Map<Long, Bounds> bounds) {
    /** The instants of the first and the last usage of an hour. */
    public record Bounds(Instant first, Instant last) {
        private Bounds and(Bounds other) {
            return new Bounds(
                    first.isBefore(other.first) ? first : other.first, last.isAfter(other.last) ? last : other.last);
        }
    }

    /** What units cost. */
    public interface UsdPerUnit {
        /**
         * The average cost in USD of a unit on the day of an hour; of money 1, and 0 where none is known.
         *
         * @param hour its start
         */
        double of(Instant hour, Measure measure);
    }

    private static final class Builder {
        private final double[] amounts;
        private final Map<Long, Bounds> bounds = new HashMap<>();

        Builder(int hours) {
            amounts = new double[hours];
        }

        void add(int index, long from, double amount, HourTotal total) {
            if (amount > 0) {
                amounts[index] += amount;
                bounds.merge(from + index, new Bounds(total.first(), total.last()), Bounds::and);
            }
        }

        boolean isEmpty() {
            return bounds.isEmpty();
        }

        HourlyUsage fromFirstUsage(long from) {
            int idle = 0;
            while (amounts[idle] == 0) {
                idle++;
            }
            return new HourlyUsage(from + idle, Arrays.copyOfRange(amounts, idle, amounts.length), bounds);
        }
    }

    /**
     * Extracts the hours from the totals.
     *
     * @param prices for the hours of money, which are approximate, since hours are kept without the model
     * @param from the number of the first hour to include
     * @return by resource; resources without usage are absent
     */
    public static Map<String, HourlyUsage> of(
            ProviderConfig provider, Snapshot totals, UsdPerUnit prices, long from, Instant now) {
        boolean hasMoney = provider.isLimited(Measure.USD);
        int count = (int) Math.max(0, Hour.number(now) - from + 1);
        var builders = new HashMap<String, Builder>();
        for (int i = 0; i < count; i++) {
            var hour = new Hour(provider.name(), from + i);
            for (var part : totals.hours().getOrDefault(hour, Map.of()).entrySet()) {
                Measure measure = part.getKey();
                HourTotal total = part.getValue();
                if (!measure.equals(Measure.MONEY)) {
                    double counted = provider.counted(measure, total.units()).doubleValue();
                    builder(builders, measure.resource(), count).add(i, from, counted, total);
                }
                if (hasMoney) {
                    double usd = total.units().doubleValue() * prices.of(hour.start(), measure);
                    builder(builders, Measure.USD, count).add(i, from, usd, total);
                }
            }
        }
        builders.values().removeIf(Builder::isEmpty);
        var usage = new HashMap<String, HourlyUsage>();
        builders.forEach((resource, builder) -> usage.put(resource, builder.fromFirstUsage(from)));
        return usage;
    }

    private static Builder builder(Map<String, Builder> builders, String resource, int hours) {
        return builders.computeIfAbsent(resource, absent -> new Builder(hours));
    }

    /** The usage of an hour; 0 if it is not known. */
    double at(long hour) {
        return hour < first || hour >= first + amounts.length ? 0 : amounts[(int) (hour - first)];
    }
}
