package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.recording.Outcome.Imported;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.recording.Outcome.Unavailable;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.PostgresProxy.Loss;
import io.usageexporter.testing.RandomEvents;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestLedger;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Several recorders on one ledger, of which some die, show the sums of a plain list after any interleaving. */
class SharedLedgerPropertyTest {
    private static final List<String> ZONES = List.of("America/New_York", "UTC", "Pacific/Auckland");

    @Property(tries = 1, shrinking = ShrinkingMode.OFF)
    void allShowTheSumsOfAPlainList(@ForAll long seed) throws Exception {
        run(seed, false);
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF)
    void pruningOldEventsChangesNothing(@ForAll long seed) throws Exception {
        run(seed, true);
    }

    private static void run(long seed, boolean prunes) throws Exception {
        try (var run = new Run(seed, prunes)) {
            for (int step = 1; step <= 40; step++) {
                run.step();
                if (step % 4 == 0) {
                    run.check();
                }
            }
            run.verify();
        }
    }

    /** One interleaving. */
    private static final class Run implements AutoCloseable {
        private final SettableClock clock = new SettableClock(RecorderFixture.NOW);
        private final LedgerAddress.Shared ledger = TestLedger.shared();
        private final PlainList list = new PlainList();
        private final List<SharedRecorder> recorders = new ArrayList<>();
        private final List<CompletableFuture<Void>> ends = new ArrayList<>();
        private final Map<String, ZoneId> zones = new HashMap<>(Map.of("apify", ZoneId.of("Asia/Kolkata")));
        private final Random random;
        private final RandomEvents source;
        private final boolean prunes;
        private final LedgerReader reader;
        private Config config;

        Run(long seed, boolean prunes) throws Exception {
            this.prunes = prunes;
            random = new Random(seed);
            source = new RandomEvents(random);
            config = config();
            for (int i = 2 + random.nextInt(2); i > 0; i--) {
                recorders.add(new SharedRecorder(ledger, config, clock));
            }
            reader = ledger.read();
        }

        /** Of what was pruned, days stay those of the zone before. */
        private Config config() throws Exception {
            String zone = ZONES.get(prunes ? 0 : random.nextInt(ZONES.size()));
            zones.put("anthropic", ZoneId.of(zone));
            return Configs.read(
                    "usage.yml",
                    RandomEvents.CONFIG
                            .replace(ZONES.get(0), zone)
                            .replace("length: 5h", "length: " + (1 + random.nextInt(6)) + "h"));
        }

        void step() throws Exception {
            switch (random.nextInt(16)) {
                case 0 -> any().reopen(config);
                case 1 -> dieWithEventsUnderWay();
                case 2, 3 -> whileAnotherRecords(this::undoAtTwo);
                case 4, 5 -> whileAnotherRecords(this::raiseAtTwo);
                case 6 -> whileAnotherRecords(this::prune);
                case 7 -> whileAnotherRecords(this::configure);
                case 8 -> importOldEvents();
                case 9 -> loseCommit(Loss.COMMIT);
                case 10 -> loseCommit(Loss.ANSWER);
                default -> postSomeAtAll();
            }
            clock.advance(Duration.ofMinutes(random.nextInt(200)));
        }

        private interface Step {
            void run() throws Exception;
        }

        private void whileAnotherRecords(Step step) throws Exception {
            List<UsageEvent> events = events(false);
            var outcome = any().submit(events);
            step.run();
            assertThat(outcome.join()).isEqualTo(new Recorded(events.size(), 0));
            list(events);
        }

        private void prune() throws Exception {
            if (prunes) {
                any().recorder().prune(Duration.ofHours(random.nextInt(90)));
            }
        }

        private void configure() throws Exception {
            config = config();
            any().recorder()
                    .configure(config.providers().values(), config.prices())
                    .get();
        }

        private SharedRecorder any() {
            return recorders.get(random.nextInt(recorders.size()));
        }

        private List<UsageEvent> events(boolean haveIds) {
            var events = new ArrayList<UsageEvent>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                UsageEvent event =
                        source.next(clock.instant(), random.nextBoolean() ? Duration.ofDays(39) : Duration.ofHours(9));
                events.add(
                        haveIds ? event.withId(event.id() == null ? "made/" + random.nextLong() : event.id()) : event);
            }
            return events;
        }

        private void list(List<UsageEvent> events) {
            events.forEach(event -> list.add(event, clock.instant()));
        }

        /** Each gets events of its own and some that another gets at the same time. */
        private void postSomeAtAll() {
            List<UsageEvent> common = events(true);
            list(common);
            var outcomes = new ArrayList<CompletableFuture<Outcome>>();
            for (SharedRecorder recorder : recorders) {
                List<UsageEvent> own = events(false);
                list(own);
                outcomes.add(recorder.submit(common));
                outcomes.add(recorder.submit(own));
            }
            int recorded = 0;
            for (int i = 0; i < outcomes.size(); i += 2) {
                recorded += ((Recorded) outcomes.get(i).join()).recorded();
                assertThat(outcomes.get(i + 1).join()).isInstanceOf(Recorded.class);
            }
            assertThat(recorded).isEqualTo(common.size());
        }

        private void undoAtTwo() {
            PlainList.Listed listed = list.any(any().recorder(), random);
            if (listed != null) {
                SharedRecorder one = any();
                SharedRecorder other = any();
                var second =
                        CompletableFuture.supplyAsync(() -> other.recorder().undo(listed.id()));
                List<UndoResult> results = List.of(one.recorder().undo(listed.id()), second.join());
                assertThat(results)
                        .containsExactlyInAnyOrder(
                                listed.isUndone() ? UndoResult.Settled.UNDONE_BEFORE : UndoResult.Settled.UNDONE,
                                UndoResult.Settled.UNDONE_BEFORE);
                listed.undo();
                assertThat(any().submit(List.of(listed.posted())).join()).isEqualTo(new Recorded(0, 1));
            }
        }

        private void raiseAtTwo() {
            PlainList.Listed listed = list.any(any().recorder(), random);
            if (listed != null) {
                UsageEvent raised = source.raised(listed.event());
                UsageEvent otherwise = source.raised(listed.event());
                var first = any().observe(raised);
                var second = any().observe(otherwise);
                CompletableFuture.allOf(first, second).join();
                listed.raise(raised);
                listed.raise(otherwise);
            }
        }

        private void importOldEvents() {
            var events = new ArrayList<UsageEvent>();
            for (int i = 0; i < 3; i++) {
                UsageEvent event = source.next(clock.instant().minus(Duration.ofDays(70)), Duration.ofDays(300));
                if (event.at() != null) {
                    events.add(event);
                }
            }
            var outcome = (Imported) any().importEvents(events).join();
            for (int i = 0; i < events.size(); i++) {
                if (!outcome.faults().containsKey(i)) {
                    list(List.of(events.get(i)));
                }
            }
        }

        /** What was not acknowledged is sent to another exporter, by its ids. */
        private void dieWithEventsUnderWay() throws Exception {
            List<UsageEvent> events = events(true);
            SharedRecorder dying = any();
            CompletableFuture<Outcome> unused = dying.submit(events);
            ends.add(dying.die(config));
            Outcome outcome = any().submit(events).join();
            assertThat(outcome).isInstanceOf(Recorded.class);
            list(events);
        }

        private void loseCommit(Loss loss) {
            SharedRecorder recorder = any();
            List<UsageEvent> events = events(false);
            recorder.proxy().lose(loss);
            Outcome outcome = recorder.submit(events).join();
            assertThat(recorder.proxy().isArmed()).isFalse();
            if (loss == Loss.ANSWER) {
                assertThat(outcome).isEqualTo(new Recorded(events.size(), 0));
                list(events);
            } else {
                assertThat(outcome).isInstanceOf(Unavailable.class);
            }
        }

        void check() throws Exception {
            for (SharedRecorder recorder : recorders) {
                recorder.catchUp();
                list.check(recorder.recorder().totals().snapshot(), zones);
            }
            for (SharedRecorder recorder : recorders) {
                recorder.checkAgainst(reader);
            }
        }

        void verify() throws Exception {
            assertThat(reader.verify().differences()).isEmpty();
        }

        @Override
        public void close() throws LedgerException {
            reader.close();
            for (SharedRecorder recorder : recorders) {
                recorder.close();
            }
            ends.forEach(CompletableFuture::join);
        }
    }
}
