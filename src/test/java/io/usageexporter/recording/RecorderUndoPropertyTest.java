package io.usageexporter.recording;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.Folders;
import io.usageexporter.testing.RandomEvents;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/** Days, hours and sessions are sums of the events that were not undone, counters of all. */
class RecorderUndoPropertyTest {
    private static final Map<String, ZoneId> ZONES =
            Map.of("anthropic", ZoneId.of("America/New_York"), "apify", ZoneId.of("Asia/Kolkata"));

    /** An event in the list that the totals are compared with. */
    private static final class Listed {
        private final Instant at;
        private final UsageEvent posted;
        private UsageEvent event;
        private boolean isUndone;

        Listed(UsageEvent event, Instant at) {
            this.event = event;
            this.posted = event;
            this.at = at;
        }
    }

    @Property(tries = 8, shrinking = ShrinkingMode.OFF)
    void totalsAreSumsOfTheEventsThatWereNotUndone(@ForAll long seed) throws Exception {
        check(seed, false);
    }

    @Property(tries = 8, shrinking = ShrinkingMode.OFF)
    void pruningOldEventsChangesNothing(@ForAll long seed) throws Exception {
        check(seed, true);
    }

    private static void check(long seed, boolean prunes) throws Exception {
        var random = new Random(seed);
        var source = new RandomEvents(random);
        Path folder = Files.createTempDirectory("undo");
        var list = new ArrayList<Listed>();
        try (var fixture = new RecorderFixture(folder, Configs.read("usage.yml", RandomEvents.CONFIG))) {
            for (int step = 0; step < 40; step++) {
                Instant now = fixture.clock().instant();
                switch (random.nextInt(prunes ? 12 : 10)) {
                    case 10 -> {
                        fixture.recorder().prune(Duration.ofHours(random.nextInt(60)));
                        fixture.verify();
                    }
                    case 11 ->
                        fixture.configure(Configs.read(
                                "usage.yml",
                                RandomEvents.CONFIG.replace("length: 5h", "length: " + (1 + random.nextInt(6)) + "h")));
                    case 0 -> fixture.restart();
                    case 1, 2, 3 -> undoSome(fixture, list, random);
                    case 4 -> raiseSome(fixture, list, random, source);
                    default -> {
                        var batch = new ArrayList<UsageEvent>();
                        for (int i = random.nextInt(4); i >= 0; i--) {
                            UsageEvent event =
                                    source.next(now, random.nextBoolean() ? Duration.ofDays(39) : Duration.ofHours(9));
                            batch.add(event);
                            list.add(new Listed(event, event.at() == null ? now : event.at()));
                        }
                        assertThat(fixture.submit(batch.toArray(new UsageEvent[0])))
                                .isInstanceOf(Outcome.Recorded.class);
                    }
                }
                fixture.clock().advance(Duration.ofMinutes(random.nextInt(200)));
                check(fixture.snapshot(), list);
            }
            fixture.verify();
            UsageEvent last = source.next(fixture.clock().instant(), Duration.ofHours(1));
            list.add(new Listed(last, last.at() == null ? fixture.clock().instant() : last.at()));
            fixture.submit(last);
            Snapshot before = fixture.snapshot();
            fixture.restart();
            check(fixture.snapshot(), list);
            assertThat(fixture.snapshot().windows()).isEqualTo(before.windows());
            assertThat(fixture.snapshot().firstDays()).isEqualTo(before.firstDays());
        } finally {
            Folders.delete(folder);
        }
    }

    private static void undoSome(RecorderFixture fixture, List<Listed> list, Random random) throws Exception {
        Listed listed = any(fixture, list, random);
        if (listed != null) {
            assertThat(fixture.recorder().undo(String.valueOf(listed.event.id())))
                    .isEqualTo(listed.isUndone ? UndoResult.Settled.UNDONE_BEFORE : UndoResult.Settled.UNDONE);
            listed.isUndone = true;
            assertThat(fixture.submit(listed.posted).toString()).startsWith("Recorded[recorded=0, duplicates=1");
        }
    }

    private static void raiseSome(RecorderFixture fixture, List<Listed> list, Random random, RandomEvents source) {
        Listed listed = any(fixture, list, random);
        if (listed != null) {
            UsageEvent raised = source.raised(listed.event);
            fixture.observe(raised);
            listed.event = listed.isUndone ? listed.event : raised;
        }
    }

    private static @Nullable Listed any(RecorderFixture fixture, List<Listed> list, Random random) {
        var withId = new TreeMap<String, Listed>();
        for (Listed each : list) {
            String id = each.event.id();
            if (id != null && each.event.at() != null) {
                withId.put(id, each);
            }
        }
        withId.keySet()
                .retainAll(fixture.recorder().findRecorded(withId.keySet()).join());
        List<Listed> known = List.copyOf(withId.values());
        return known.isEmpty() ? null : known.get(random.nextInt(known.size()));
    }

    private static void check(Snapshot snapshot, List<Listed> list) {
        var counters = new TreeMap<String, BigDecimal>();
        var days = new TreeMap<String, BigDecimal>();
        var hours = new TreeMap<String, BigDecimal>();
        for (Listed listed : list) {
            String provider = listed.event.provider();
            LocalDate date = LocalDate.ofInstant(listed.at, requireNonNull(ZONES.get(provider)));
            listed.event.usage().forEach((measure, amount) -> {
                String key = key(provider, listed.event.category(), listed.event.consumer(), measure);
                counters.merge(key, amount.units(), BigDecimal::add);
                if (!listed.isUndone) {
                    days.merge(date + " " + key, amount.units(), BigDecimal::add);
                    hours.merge(
                            listed.at.getEpochSecond() / 3600 + " " + provider + " " + measure,
                            amount.units(),
                            BigDecimal::add);
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
