package io.usageexporter;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.WindowModel.Expected;
import io.usageexporter.WindowModel.Used;
import io.usageexporter.config.Config;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.WindowQuota;
import io.usageexporter.recording.Outcome;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.report.Health;
import io.usageexporter.report.HistoryQuery;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.ReportService;
import io.usageexporter.report.WindowReport;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.Folders;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** All windows agree with a slow, plain model, whatever happens, around a clock change of the zone. */
class WindowAgreementPropertyTest {
    private static final String PROVIDER = "apify";
    private static final Measure UNITS = Measure.of("compute_units");

    /** What is configured. */
    private record Settings(ZoneId zone, DayOfWeek startDay, int sessionMinutes, Set<Window> limited) {
        Config config() throws Exception {
            var limits = new ArrayList<String>(List.of("daily: {compute_units: 5}"));
            limited.forEach(window -> limits.add(window.label() + ": {compute_units: 10}"));
            return Configs.read("usage.yml", """
                    timezone: %s
                    windows: {weekly: {start_day: %s}, session: {length: %dm}}
                    providers: {%s: {limits: {%s}}}
                    """.formatted(
                            zone,
                            startDay.name().toLowerCase(Locale.ROOT),
                            sessionMinutes,
                            PROVIDER,
                            String.join(", ", limits)));
        }
    }

    /** A step in the life of an exporter. */
    private sealed interface Step {
        /** Events of one submission are observed, each this long ago. */
        record Observe(List<Event> events) implements Step {}

        record Wait(Duration time) implements Step {}

        record Restart() implements Step {}

        record Configure(Settings settings) implements Step {}
    }

    private record Event(int id, Duration age, String category, int units) {}

    @Property(tries = 80, shrinking = ShrinkingMode.BOUNDED)
    void everyWindowIsTheSumOfItsUsage(
            @ForAll("settings") Settings settings,
            @ForAll("steps") List<Step> steps,
            @ForAll("ages") List<Duration> ages)
            throws Exception {
        Path folder = Files.createTempDirectory("windows");
        try (var run = new Run(folder.resolve("usage.db"), settings)) {
            for (Step step : steps) {
                run.play(step);
                run.check(Duration.ZERO);
            }
            for (Duration age : ages) {
                run.check(age);
            }
            run.checkHistory();
            run.verify();
        } finally {
            Folders.delete(folder);
        }
    }

    @Provide
    Arbitrary<Settings> settings() {
        return Combinators.combine(
                        Arbitraries.of(
                                        "UTC",
                                        "Europe/Berlin",
                                        "America/New_York",
                                        "America/Havana",
                                        "Asia/Beirut",
                                        "Asia/Kolkata",
                                        "Australia/Lord_Howe",
                                        "Pacific/Chatham")
                                .map(ZoneId::of),
                        Arbitraries.of(DayOfWeek.class),
                        Arbitraries.of(1, 30, 90, 300, 26 * 60, 7 * 24 * 60),
                        Arbitraries.of(Window.HOURLY, Window.WEEKLY, Window.SESSION)
                                .set()
                                .ofMaxSize(3))
                .as(Settings::new);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Event> event = Combinators.combine(
                        Arbitraries.integers().between(0, 12),
                        ages(-240_000, Duration.ofDays(2)),
                        Arbitraries.of("instagram", "tiktok", "other platform"),
                        Arbitraries.integers().between(0, 9))
                .as(Event::new);
        Arbitrary<Step> observe = event.list().ofMinSize(1).ofMaxSize(6).map(Step.Observe::new);
        Arbitrary<Step> wait = ages(1, Duration.ofHours(8)).map(Step.Wait::new);
        Arbitrary<Step> longWait = ages(1, Duration.ofDays(60)).map(Step.Wait::new);
        Arbitrary<Step> restart = Arbitraries.create(Step.Restart::new);
        Arbitrary<Step> configure = settings().map(Step.Configure::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(8, observe),
                        Tuple.of(5, wait),
                        Tuple.of(1, longWait),
                        Tuple.of(1, restart),
                        Tuple.of(1, configure))
                .list()
                .ofMinSize(1)
                .ofMaxSize(20);
    }

    @Provide
    Arbitrary<List<Duration>> ages() {
        return ages(-300_000, Duration.ofDays(3)).list().ofSize(6);
    }

    private static Arbitrary<Duration> ages(long leastMillis, Duration most) {
        return Arbitraries.oneOf(
                        Arbitraries.longs()
                                .between(leastMillis, Duration.ofHours(2).toMillis()),
                        Arbitraries.longs().between(leastMillis, most.toMillis()))
                .map(Duration::ofMillis);
    }

    /** An exporter without its server. */
    private static final class Run implements AutoCloseable {
        private final Path file;
        private final SettableClock clock = new SettableClock("2026-09-01T00:00:00Z");
        private final WindowModel model = new WindowModel();
        private final Map<Integer, Event> highest = new TreeMap<>();
        private final Map<Integer, Instant> instants = new TreeMap<>();
        private Config config;
        private Recorder recorder;
        private LedgerReader reader;

        Run(Path file, Settings settings) throws Exception {
            this.file = file;
            this.config = settings.config();
            ZoneOffsetTransition change = settings.zone().getRules().nextTransition(clock.instant());
            if (change != null) {
                clock.set(change.getInstant().minus(Duration.ofHours(2)));
            }
            Ledger ledger = LedgerAddress.of(file).open();
            reader = ledger.reader();
            recorder = start(ledger);
        }

        private Recorder start(Ledger ledger) throws Exception {
            return Recorder.start(ledger, config.providers().values(), config.prices(), clock, RecorderMetrics.NONE);
        }

        private ReportService reports() {
            return new ReportService(() -> config, recorder.totals(), reader, () -> Health.GOOD, clock);
        }

        void play(Step step) throws Exception {
            if (step instanceof Step.Observe observe) {
                observe(observe.events());
            } else if (step instanceof Step.Wait wait) {
                clock.advance(wait.time());
            } else if (step instanceof Step.Restart) {
                close();
                Ledger ledger = LedgerAddress.of(file).open();
                reader = ledger.reader();
                recorder = start(ledger);
            } else if (step instanceof Step.Configure configure) {
                config = configure.settings().config();
                recorder.configure(config.providers().values(), config.prices()).get();
            }
        }

        /** An id that was observed before counts at its first instant, by how much it has grown. */
        private void observe(List<Event> events) {
            var submitted = new ArrayList<UsageEvent>();
            for (Event event : events) {
                Instant at = instants.computeIfAbsent(
                        event.id(), absent -> clock.instant().minus(event.age()));
                Usage usage = Usage.of(Map.of(UNITS, Amount.of(new BigDecimal(event.units()))));
                submitted.add(new UsageEvent(
                        "id " + event.id(),
                        PROVIDER,
                        event.category(),
                        "",
                        clock.instant().minus(event.age()),
                        usage));
                Event before = highest.get(event.id());
                int more = event.units() - (before == null ? 0 : before.units());
                if (before == null || more > 0) {
                    highest.put(
                            event.id(),
                            new Event(
                                    event.id(),
                                    event.age(),
                                    before == null ? event.category() : before.category(),
                                    event.units()));
                }
                if (more > 0) {
                    model.add(
                            new Used(at, requireNonNull(highest.get(event.id())).category(), more));
                }
            }
            var outcome = new CompletableFuture<Outcome>();
            recorder.recordObserved(submitted, Source.POLLER, outcome::complete);
            recorder.probe(writable -> {}); // which ends the time that observed events linger
            assertThat(outcome.join()).isInstanceOf(Outcome.Recorded.class);
        }

        private ProviderConfig provider() {
            return requireNonNull(config.providers().get(PROVIDER));
        }

        /** Checks the windows of now or earlier, in memory and in the ledger. */
        void check(Duration age) throws Exception {
            Instant at = clock.instant().minus(age);
            ProviderReport report = reports().at(at).providers().get(0);
            assertThat(report.windows())
                    .extracting(WindowReport::window)
                    .isEqualTo(provider().windows());
            report.windows().forEach(window -> checkWindow(window, at));
            if (age.isZero()) {
                assertThat(reports().now().providers().get(0).windows()).isEqualTo(report.windows());
                for (WindowQuota quota : reports().quotas(PROVIDER, "")) {
                    Expected expected = model.at(quota.window(), provider().calendar(), at);
                    assertThat(quota.quota().used()).isEqualByComparingTo("" + expected.units());
                }
            }
        }

        private void checkWindow(WindowReport report, Instant at) {
            Window window = report.window();
            Expected expected = model.at(window, provider().calendar(), at);
            String what = window + " at " + at;
            assertThat(report.used().get(UNITS.resource())).as(what).isEqualByComparingTo("" + expected.units());
            report.breakdown()
                    .forEach((category, used) -> assertThat(used.get(UNITS.resource()))
                            .as(what)
                            .isEqualByComparingTo("" + expected.units(category)));
            if (!window.isOfDays()) {
                assertThat(report.resetsAt()).as(what).isEqualTo(expected.resetsAt());
            }
        }

        /** Each window that is listed is right, and together they hold all usage of the days. */
        void checkHistory() throws Exception {
            for (Window window : Window.values()) {
                var query = new HistoryQuery(window, null, null, null, null, HistoryQuery.maxDays(window));
                if (query.isCounted(provider())) {
                    List<WindowReport> history =
                            reports().history(query).providers().get(0).windows();
                    history.forEach(each -> checkWindow(each, each.span().startsAt()));
                    assertThat(history)
                            .extracting(each -> each.span().startsAt())
                            .isSorted()
                            .doesNotHaveDuplicates();
                    model.all().stream()
                            .map(Used::at)
                            .filter(at -> isIn(at, query))
                            .forEach(at -> assertThat(history)
                                    .as("%s at %s", window, at)
                                    .anyMatch(each -> !at.isBefore(each.span().startsAt())
                                            && at.isBefore(each.span().resetsAt())));
                }
            }
        }

        private boolean isIn(Instant at, HistoryQuery query) {
            ZoneId zone = provider().zone();
            LocalDate first = LocalDate.ofInstant(clock.instant(), zone).minusDays(query.days() - 1L);
            return !LocalDate.ofInstant(at, zone).isBefore(first) && !at.isAfter(clock.instant());
        }

        void verify() throws Exception {
            assertThat(reader.verify().differences()).isEmpty();
        }

        @Override
        public void close() throws LedgerException {
            reader.close();
            recorder.close();
        }
    }
}
