package io.usageexporter.recording;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A plain list of events, whose sums totals are compared with. */
final class PlainList {
    private final List<Listed> list = new ArrayList<>();

    /** An event. */
    static final class Listed {
        private final Instant at;
        private final UsageEvent posted;
        private UsageEvent event;
        private boolean isUndone;

        private Listed(UsageEvent event, Instant at) {
            this.event = event;
            this.posted = event;
            this.at = at;
        }

        String id() {
            return String.valueOf(event.id());
        }

        /** As it was first recorded. */
        UsageEvent posted() {
            return posted;
        }

        /** With the highest amounts that were observed. */
        UsageEvent event() {
            return event;
        }

        boolean isUndone() {
            return isUndone;
        }

        void undo() {
            isUndone = true;
        }

        /** From now on the higher of each amount counts. */
        void raise(UsageEvent raised) {
            if (!isUndone) {
                var amounts = new HashMap<Measure, Amount>();
                event.usage().forEach(amounts::put);
                raised.usage()
                        .forEach((measure, amount) ->
                                amounts.merge(measure, amount, (a, b) -> a.micros() < b.micros() ? b : a));
                event = new UsageEvent(
                        event.id(),
                        event.provider(),
                        event.category(),
                        event.consumer(),
                        event.model(),
                        event.pricing(),
                        event.at(),
                        Usage.of(amounts));
            }
        }
    }

    /** Adds an event that is recorded now. */
    void add(UsageEvent event, Instant now) {
        list.add(new Listed(event, event.at() == null ? now : event.at()));
    }

    /** An event with an instant whose id a recorder knows; null if there is none. */
    @Nullable
    Listed any(Recorder recorder, Random random) {
        var withId = new TreeMap<String, Listed>();
        for (Listed each : list) {
            String id = each.event.id();
            if (id != null && each.event.at() != null) {
                withId.put(id, each);
            }
        }
        withId.keySet().retainAll(recorder.findRecorded(withId.keySet()).join());
        List<Listed> known = List.copyOf(withId.values());
        return known.isEmpty() ? null : known.get(random.nextInt(known.size()));
    }

    /** Checks totals that were counted in these zones. */
    void check(Snapshot snapshot, Map<String, ZoneId> zones) {
        var counters = new TreeMap<String, BigDecimal>();
        var days = new TreeMap<String, BigDecimal>();
        var hours = new TreeMap<String, BigDecimal>();
        for (Listed listed : list) {
            String provider = listed.event.provider();
            LocalDate date = LocalDate.ofInstant(listed.at, requireNonNull(zones.get(provider)));
            listed.event.usage().forEach((measure, amount) -> {
                String key = key(provider, listed.event.category(), listed.event.consumer(), measure);
                counters.merge(key, amount.units(), BigDecimal::add);
                if (!listed.isUndone) {
                    if (!date.isBefore(snapshot.daysFrom())) {
                        days.merge(date + " " + key, amount.units(), BigDecimal::add);
                    }
                    long hour = listed.at.getEpochSecond() / 3600;
                    if (hour >= Totals.firstHourKept(snapshot.daysFrom())) {
                        hours.merge(hour + " " + provider + " " + measure, amount.units(), BigDecimal::add);
                    }
                }
            });
        }
        var actualDays = new TreeMap<String, BigDecimal>();
        snapshot.days().forEach((day, cells) -> sum(cells, day.date() + " ", actualDays));
        var actualCounters = new TreeMap<String, BigDecimal>();
        sum(snapshot.series(), "", actualCounters);
        var actualHours = new TreeMap<String, BigDecimal>();
        snapshot.hours()
                .forEach((hour, measures) -> measures.forEach((measure, total) -> {
                    if (total.units().signum() != 0) {
                        actualHours.put(hour.number() + " " + hour.provider() + " " + measure, total.units());
                    }
                }));
        assertThat(plain(actualCounters)).isEqualTo(plain(counters));
        assertThat(plain(actualDays)).isEqualTo(plain(days));
        assertThat(plain(actualHours)).isEqualTo(plain(hours));
        assertThat(snapshot.events()).isEqualTo(list.size());
        assertThat(snapshot.undone().getOrDefault(Source.API, 0L))
                .isEqualTo(list.stream().filter(each -> each.isUndone).count());
    }

    private static String plain(Map<String, BigDecimal> sums) {
        var plain = new TreeMap<String, String>();
        sums.forEach((key, sum) -> plain.put(key, Decimals.plain(sum)));
        return String.join("\n", plain.entrySet().stream().map(String::valueOf).toList());
    }

    private static void sum(Map<Series, BigDecimal> cells, String prefix, Map<String, BigDecimal> sums) {
        cells.forEach((series, units) -> sums.merge(
                prefix + key(series.provider(), series.category(), series.consumer(), series.measure()),
                units,
                BigDecimal::add));
    }

    private static String key(String provider, String category, String consumer, Measure measure) {
        return provider + "|" + category + "|" + consumer + "|" + measure;
    }
}
