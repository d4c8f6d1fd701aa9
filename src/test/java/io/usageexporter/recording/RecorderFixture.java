package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestLedger;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.WindowPart;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A recorder on a real ledger that a test can restart, make unwritable, and verify. */
final class RecorderFixture implements AutoCloseable {
    static final String NOW = "2026-11-24T09:15:00Z";

    private final Path file;
    private final SettableClock clock = new SettableClock(NOW);
    private Config config;
    private PriceTable prices = Configs.defaults().prices();
    private Recorder recorder;

    RecorderFixture(Path folder) throws Exception {
        this(folder, Configs.defaults());
    }

    RecorderFixture(Path folder, Config config) throws Exception {
        this.config = config;
        file = folder.resolve("usage.db");
        recorder = open();
    }

    private Recorder open() throws Exception {
        return Recorder.start(
                TestLedger.at(file).open(), config.providers().values(), prices, clock, RecorderMetrics.NONE);
    }

    /** From the next start on these price rows of the configuration hold, one a line. */
    void setPrices(String rows) throws Exception {
        prices = Configs.read(
                        "prices.yml",
                        "providers: {anthropic: {resources: [tokens]}, apify: {resources: [runs]}}\nprices:\n"
                                + rows.indent(2))
                .prices();
    }

    /** Applies those prices without a restart. */
    void configure() throws Exception {
        recorder.configure(config.providers().values(), prices).get();
    }

    Recorder recorder() {
        return recorder;
    }

    SettableClock clock() {
        return clock;
    }

    void restart() throws Exception {
        recorder.close();
        recorder = open();
    }

    /** Applies another configuration. */
    void configure(Config next) throws Exception {
        config = next;
        configure();
    }

    /** Makes every write fail until {@link #repairLedger()}. */
    void breakLedger() throws Exception {
        TestLedger.damage(file);
    }

    void repairLedger() throws Exception {
        TestLedger.repair(file);
    }

    Outcome observe(UsageEvent... events) {
        return observe(Source.GATEWAY, events);
    }

    Outcome observe(Source source, UsageEvent... events) {
        var outcome = new CompletableFuture<Outcome>();
        recorder.recordObserved(Arrays.asList(events), source, outcome::complete);
        return outcome.join();
    }

    Outcome submit(UsageEvent... events) {
        var outcome = new CompletableFuture<Outcome>();
        recorder.submit(Arrays.asList(events), Source.API, outcome::complete);
        return outcome.join();
    }

    Snapshot snapshot() {
        return recorder.totals().snapshot();
    }

    /** The sum of all usage of a measure, such as {@code tokens.input}. */
    BigDecimal total(String measure) {
        return snapshot().series().entrySet().stream()
                .filter(entry -> entry.getKey().measure().toString().equals(measure))
                .map(entry -> entry.getValue())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    long recorded(Source source) {
        return snapshot().recorded().getOrDefault(source, 0L);
    }

    /** Whether the ledger has the event of an id. */
    boolean isStored(String id) throws Exception {
        try (LedgerReader reader = TestLedger.at(file).read()) {
            return reader.newestWithId(id) > 0;
        }
    }

    /** Verifies that the ledger holds this many events and that every total is their sum. */
    void verify(long events) throws Exception {
        try (LedgerReader reader = TestLedger.at(file).read()) {
            assertThat(reader.verify()).isEqualTo(new Verification(events, List.of()));
        }
    }

    /** Verifies that every total is the sum of the events, or of their opening balance. */
    void verify() throws Exception {
        try (LedgerReader reader = TestLedger.at(file).read()) {
            assertThat(reader.verify().differences()).isEmpty();
        }
    }

    /** The usage of a day, by category and measure. */
    String day(String date) throws Exception {
        LocalDate day = LocalDate.parse(date);
        try (LedgerReader reader = TestLedger.at(file).read()) {
            return reader.days(day, day.plusDays(1)).values().stream()
                    .flatMap(cells -> cells.entrySet().stream())
                    .map(cell -> cell.getKey().category() + " " + cell.getKey().measure() + " "
                            + cell.getValue().stripTrailingZeros().toPlainString())
                    .sorted()
                    .toList()
                    .toString();
        }
    }

    /** All hours and sessions in the ledger. */
    Map<WindowPart, Map<Series, BigDecimal>> windows() throws Exception {
        var windows = new TreeMap<WindowPart, Map<Series, BigDecimal>>();
        try (LedgerReader reader = TestLedger.at(file).read()) {
            for (Window window : Window.values()) {
                windows.putAll(reader.windows("apify", window, Instant.EPOCH, Instant.parse("9999-01-01T00:00:00Z")));
            }
        }
        return windows;
    }

    /** The usage of a day, by pricing and measure. */
    String pricedDay(String date) throws Exception {
        LocalDate day = LocalDate.parse(date);
        try (LedgerReader reader = TestLedger.at(file).read()) {
            Map<Day, Map<Series, BigDecimal>> days = reader.days(day, day.plusDays(1));
            days.forEach((each, cells) -> assertThat(priced(snapshot().days().getOrDefault(each, Map.of())))
                    .as("in memory")
                    .isEqualTo(priced(cells)));
            return days.values().stream()
                    .map(RecorderFixture::priced)
                    .flatMap(List::stream)
                    .sorted()
                    .toList()
                    .toString();
        }
    }

    /** The counters, by pricing and measure. */
    String pricedSeries() {
        return priced(snapshot().series()).toString();
    }

    private static List<String> priced(Map<Series, BigDecimal> cells) {
        return cells.entrySet().stream().map(RecorderFixture::priced).sorted().toList();
    }

    private static String priced(Map.Entry<Series, BigDecimal> cell) {
        return (cell.getKey().pricing() + " " + cell.getKey().measure() + " "
                        + cell.getValue().stripTrailingZeros().toPlainString())
                .strip();
    }

    /** An Apify run in category instagram. */
    static UsageEvent run(String id, @Nullable String at, String units) {
        return event("apify:" + id, "apify", "instagram", "", at, "compute_units=" + units);
    }

    /** The same event, to be counted each time. */
    static UsageEvent withoutId(UsageEvent event) {
        return new UsageEvent(
                null,
                event.provider(),
                event.category(),
                event.consumer(),
                event.model(),
                event.pricing(),
                event.at(),
                event.usage());
    }

    static UsageEvent event(
            String id, String provider, String category, String model, @Nullable String at, String usage) {
        return new UsageEvent(id, provider, category, model, at == null ? null : Instant.parse(at), Usage.parse(usage));
    }

    @Override
    public void close() throws LedgerException {
        recorder.close();
    }
}
