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
 * What of one resource was used in each hour, as it counts towards the limit. Approximate, as it only serves to
 * forecast and to tell when a limit was reached.
 *
 * @param first the number of the first hour, which has some use; see {@link Hour}
 * @param amounts of the hours from {@code first} to that of now, which is not over; not to be changed
 * @param bounds the instants of the first and the last use, of each hour that has some
 */
@SuppressWarnings("ArrayRecordComponent") // hundreds of numbers, made and read in a few places
public record HourlyUse(long first, double[] amounts, Map<Long, Bounds> bounds) {
    /** The instants between which an hour's use was. */
    public record Bounds(Instant first, Instant last) {
        private Bounds and(Bounds other) {
            return new Bounds(
                    first.isBefore(other.first) ? first : other.first, last.isAfter(other.last) ? last : other.last);
        }
    }

    private static final class Builder {
        private final double[] amounts;
        private final Map<Long, Bounds> bounds = new HashMap<>();

        Builder(int hours) {
            amounts = new double[hours];
        }

        HourlyUse startingWithUse(long from) {
            int idle = 0;
            while (amounts[idle] == 0) {
                idle++;
            }
            return new HourlyUse(from + idle, Arrays.copyOfRange(amounts, idle, amounts.length), bounds);
        }
    }

    /**
     * Takes the hours out of the totals.
     *
     * @param from the number of the first hour to look at
     * @return by resource; those without any use are absent
     */
    public static Map<String, HourlyUse> of(ProviderConfig provider, Snapshot totals, long from, Instant now) {
        int count = (int) Math.max(0, Hour.number(now) - from + 1);
        var builders = new HashMap<String, Builder>();
        for (int i = 0; i < count; i++) {
            Map<Measure, HourTotal> hour = totals.hours().getOrDefault(new Hour(provider.name(), from + i), Map.of());
            for (var part : hour.entrySet()) {
                HourTotal total = part.getValue();
                double counted = provider.counted(part.getKey(), total.units()).doubleValue();
                if (counted > 0) {
                    Builder builder =
                            builders.computeIfAbsent(part.getKey().resource(), resource -> new Builder(count));
                    builder.amounts[i] += counted;
                    builder.bounds.merge(from + i, new Bounds(total.first(), total.last()), Bounds::and);
                }
            }
        }
        var uses = new HashMap<String, HourlyUse>();
        builders.forEach((resource, builder) -> uses.put(resource, builder.startingWithUse(from)));
        return uses;
    }

    /** The use in an hour; 0 outside of those that are known. */
    double at(long hour) {
        return hour < first || hour >= first + amounts.length ? 0 : amounts[(int) (hour - first)];
    }
}
