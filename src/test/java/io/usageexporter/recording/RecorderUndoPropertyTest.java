package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.Folders;
import io.usageexporter.testing.RandomEvents;
import io.usageexporter.totals.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Days, hours and sessions are sums of the events that were not undone, counters of all. */
class RecorderUndoPropertyTest {
    private static final Map<String, ZoneId> ZONES =
            Map.of("anthropic", ZoneId.of("America/New_York"), "apify", ZoneId.of("Asia/Kolkata"));

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
        var list = new PlainList();
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
                            list.add(event, now);
                        }
                        assertThat(fixture.submit(batch.toArray(new UsageEvent[0])))
                                .isInstanceOf(Outcome.Recorded.class);
                    }
                }
                fixture.clock().advance(Duration.ofMinutes(random.nextInt(200)));
                list.check(fixture.snapshot(), ZONES);
            }
            fixture.verify();
            UsageEvent last = source.next(fixture.clock().instant(), Duration.ofHours(1));
            list.add(last, fixture.clock().instant());
            fixture.submit(last);
            Snapshot before = fixture.snapshot();
            fixture.restart();
            list.check(fixture.snapshot(), ZONES);
            assertThat(fixture.snapshot().windows()).isEqualTo(before.windows());
            assertThat(fixture.snapshot().firstDays()).isEqualTo(before.firstDays());
        } finally {
            Folders.delete(folder);
        }
    }

    private static void undoSome(RecorderFixture fixture, PlainList list, Random random) throws Exception {
        PlainList.Listed listed = list.any(fixture.recorder(), random);
        if (listed != null) {
            assertThat(fixture.recorder().undo(listed.id()))
                    .isEqualTo(listed.isUndone() ? UndoResult.Settled.UNDONE_BEFORE : UndoResult.Settled.UNDONE);
            listed.undo();
            assertThat(fixture.submit(listed.posted()).toString()).startsWith("Recorded[recorded=0, duplicates=1");
        }
    }

    private static void raiseSome(RecorderFixture fixture, PlainList list, Random random, RandomEvents source) {
        PlainList.Listed listed = list.any(fixture.recorder(), random);
        if (listed != null) {
            UsageEvent raised = source.raised(listed.event());
            fixture.observe(raised);
            listed.raise(raised);
        }
    }
}
