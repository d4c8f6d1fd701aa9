package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerMigration.Progress;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.Folders;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.RandomEvents;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** A ledger with everything that there is moves to PostgreSQL and back as it is, and goes on there. */
class LedgerMigrationPropertyTest {
    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private final List<UsageEvent> recorded = new ArrayList<>();

    @Property(tries = 2, shrinking = ShrinkingMode.OFF)
    void everythingMovesAndGoesOn(@ForAll long seed) throws Exception {
        recorded.clear(); // of an earlier try
        var random = new Random(seed);
        var source = new RandomEvents(random);
        Path folder = Files.createTempDirectory("migration");
        try {
            LedgerAddress file = LedgerAddress.of(folder.resolve("usage.db"));
            LedgerAddress database = LedgerAddress.of(PostgresServer.shared().newDatabase());
            LedgerAddress back = LedgerAddress.of(folder.resolve("back.db"));
            record(file, random, source);

            move(file, database, 1 + random.nextInt(40));
            repeat(database);
            record(database, random, source);
            move(database, back, 1 + random.nextInt(40));
            repeat(back);
            record(back, random, source);
            StoredLedger.of(back);
        } finally {
            Folders.delete(folder);
        }
    }

    private static void move(LedgerAddress from, LedgerAddress to, int chunk) throws Exception {
        StoredLedger before = StoredLedger.of(from);
        Snapshot totals = totals(from);
        long events = LedgerMigration.migrate(from, to, chunk, Progress.NONE);
        assertThat(StoredLedger.of(to).lines()).isEqualTo(before.lines());
        assertThat(totals(to)).isEqualTo(totals);
        assertThat(events).isEqualTo(totals.events());
        assertThat(exported(to)).isEqualTo(exported(from));
    }

    private static Snapshot totals(LedgerAddress address) throws LedgerException {
        try (LedgerReader reader = address.read()) {
            return reader.snapshot(LocalDate.EPOCH, Instant.EPOCH);
        }
    }

    private static List<WholeEvent> exported(LedgerAddress address) throws LedgerException {
        var events = new ArrayList<WholeEvent>();
        try (LedgerReader reader = address.read()) {
            for (long next = 1; next > 0; ) {
                LedgerReader.Page page = reader.page(next);
                events.addAll(page.events());
                next = page.next();
            }
        }
        return events;
    }

    private Recorder start(LedgerAddress address) throws Exception {
        Config config = Configs.read("usage.yml", RandomEvents.CONFIG);
        return Recorder.start(
                address.open(), config.providers().values(), config.prices(), clock, RecorderMetrics.NONE);
    }

    /** Records, amends, undoes and prunes. */
    private void record(LedgerAddress address, Random random, RandomEvents source) throws Exception {
        try (Recorder recorder = start(address)) {
            for (int step = 0; step < 30; step++) {
                var batch = new ArrayList<UsageEvent>();
                for (int i = random.nextInt(5); i >= 0; i--) {
                    batch.add(source.next(
                            clock.instant(), random.nextBoolean() ? Duration.ofDays(39) : Duration.ofHours(9)));
                }
                assertThat(submit(recorder, batch)).startsWith("Recorded[recorded=" + batch.size());
                recorded.addAll(batch);
                UsageEvent any = recorded.get(random.nextInt(recorded.size()));
                if (any.id() != null && any.at() != null && random.nextInt(3) == 0) {
                    var done = new CompletableFuture<Object>();
                    recorder.recordObserved(List.of(source.raised(any)), Source.GATEWAY, done::complete);
                    done.join();
                } else if (any.id() != null && random.nextInt(4) == 0) {
                    recorder.undo(any.id());
                }
                clock.advance(Duration.ofMinutes(random.nextInt(300)));
            }
        }
        try (Ledger ledger = address.open()) {
            Instant now = clock.instant();
            var totals = new Totals(ledger.readTotals(Totals.firstDayKept(now), Totals.windowsKeptFrom(now)));
            Instant before = now.minus(Duration.ofHours(random.nextInt(90)));
            ledger.inUnit(LedgerTestBase.NONE, () -> ledger.prune(before, totals.recount()));
            ledger.putState("apify", "cursor", "r " + random.nextInt());
        }
    }

    /** What the ledger holds is a duplicate. */
    private void repeat(LedgerAddress address) throws Exception {
        List<String> before = StoredLedger.of(address).lines();
        long number = totals(address).events();
        try (Recorder recorder = start(address)) {
            List<UsageEvent> known = new ArrayList<>();
            for (UsageEvent event : recorded) {
                String id = event.id();
                if (id != null && recorder.findRecorded(List.of(id)).join().contains(id)) {
                    known.add(event);
                }
            }
            assertThat(known).isNotEmpty();
            for (UsageEvent event : known) {
                assertThat(submit(recorder, List.of(event)))
                        .as(event.toString())
                        .matches("Recorded\\[recorded=0, duplicates=1.*|Conflict.*"); // with what was added later
            }
        }
        assertThat(totals(address).events()).isEqualTo(number);
        assertThat(StoredLedger.of(address).lines()).isEqualTo(before);
    }

    private static String submit(Recorder recorder, List<UsageEvent> events) {
        var done = new CompletableFuture<Object>();
        recorder.submit(events, Source.API, done::complete);
        return done.join().toString();
    }
}
