package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Recount;
import io.usageexporter.totals.Totals;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A byte that is flipped anywhere in a ledger is harmless or said; nothing that is served is ever wrong. */
class FlippedByteTest extends LedgerTestBase {
    private static final int FLIPS = Integer.getInteger("flips", 150);
    private static final long SEED = Long.getLong("flips.seed", System.nanoTime());
    private static final CountedWindows COUNTED = new CountedWindows(true, Duration.ofHours(5));
    private static final List<String> PROVIDERS = List.of("anthropic", "apify");

    @ParameterizedTest
    @ValueSource(strings = {"file", "log"})
    void isHarmlessOrSaid(String flipped) throws Exception {
        fillLedger();
        if (flipped.equals("file")) {
            ledger.close();
        }
        byte[] main = Files.readAllBytes(file);
        byte[] log = Files.exists(log(file)) ? Files.readAllBytes(log(file)) : new byte[0];
        List<String> expected = served(write(main, log));
        byte[] target = flipped.equals("file") ? main : log;

        var random = new Random(SEED);
        int said = 0;
        for (int i = 0; i < FLIPS; i++) {
            int at = random.nextInt(target.length);
            while (target[at] == 0 && random.nextInt(20) > 0) { // most of a small ledger is unused
                at = random.nextInt(target.length);
            }
            byte before = target[at];
            target[at] ^= (byte) (1 + random.nextInt(255));
            Path copy = write(main, log);
            String flip = "seed " + SEED + ", flip " + i + ": byte " + at + " of the " + flipped + ", " + before
                    + " to " + target[at];
            try {
                List<String> served = served(copy);
                served.removeAll(expected);
                assertThat(served).as(flip).isEmpty();
            } catch (LedgerException e) {
                said++;
                assertThat(e).as(flip).hasMessageContaining(copy.toString());
                assertThat(e.getMessage()).as(flip).doesNotContain("\n");
            } catch (RuntimeException e) {
                fail(flip, e);
            }
            target[at] = before;
        }
        assertThat(said).as("seed " + SEED).isGreaterThan(FLIPS / 10);
    }

    private Path write(byte[] main, byte[] log) throws IOException {
        Path copy = Files.createTempDirectory(folder, "flipped").resolve("usage.db");
        Files.write(copy, main);
        if (log.length > 0) {
            Files.write(log(copy), log);
        }
        return copy;
    }

    /** Everything that may be read from a ledger, also after its events were counted again. */
    private static List<String> served(Path file) throws Exception {
        var served = new StringBuilder();
        try (Ledger ledger = LedgerAddress.of(file).open()) {
            served.append(read(ledger));
            try (LedgerReader reader = ledger.reader()) {
                served.append(reader.measures());
                for (long next = 1; next > 0; ) {
                    LedgerReader.Page page = reader.page(next);
                    page.events().forEach(event -> served.append('\n').append(event));
                    next = page.next();
                }
            }
            for (int i = 0; i < 130; i++) {
                served.append('\n').append(ledger.find("id " + i));
            }
            var totals = new Totals(ledger.readTotals(DAYS_FROM, NOW));
            for (String provider : PROVIDERS) {
                served.append('\n').append(ledger.readState(provider));
                Recount recount = totals.recount(totals.pricing(), COUNTED).without(ledger.readUndone());
                ledger.recount(provider, ZoneId.of("Asia/Tokyo"), COUNTED, LongPromptRules.NONE, recount);
            }
            served.append(read(ledger));
        }
        return served.toString().lines().collect(Collectors.toCollection(ArrayList::new));
    }

    private static String read(Ledger ledger) throws LedgerException {
        var served = new StringBuilder();
        var stored = ledger.readTotals(DAYS_FROM, NOW);
        served.append(sorted(stored.sums().series()))
                .append(sorted(stored.series()))
                .append(sorted(stored.sums().days()))
                .append(sorted(stored.sums().hours()))
                .append(sorted(stored.sums().windows()))
                .append(sorted(stored.sums().recorded()))
                .append(sorted(stored.sums().undone()))
                .append(sorted(stored.sums().lastEvent()))
                .append(sorted(stored.pricing().zones()))
                .append(sorted(stored.pricing().longPrompts()))
                .append(sorted(stored.counted()))
                .append(sorted(stored.sessions()))
                .append(sorted(stored.firstDays()))
                .append(stored.labels().stream().map(Object::toString).sorted().toList())
                .append(ledger.newestPruned())
                .append(ledger.id())
                .append(sorted(ledger.readDays(LocalDate.EPOCH, LocalDate.MAX)))
                .append(sorted(ledger.readHours(0, Long.MAX_VALUE)));
        try (LedgerReader reader = ledger.reader()) {
            for (String provider : PROVIDERS) {
                for (Window window : List.of(Window.HOURLY, Window.SESSION)) {
                    served.append(sorted(reader.windows(provider, window, Instant.EPOCH, NOW.plusSeconds(90_000))));
                }
            }
        }
        return served.toString();
    }

    /** The same text for the same contents. */
    private static String sorted(Map<?, ?> map) {
        var sorted = new TreeMap<String, String>();
        map.forEach((key, value) ->
                sorted.put(key.toString(), value instanceof Map<?, ?> parts ? sorted(parts) : value.toString()));
        return sorted + "\n";
    }

    /** Rows of every kind: amendments, undone and pruned events, state, and names. */
    private void fillLedger() throws Exception {
        for (String provider : PROVIDERS) {
            append(NOW.minus(Duration.ofDays(50)), List.of(event(0, provider, NOW.minus(Duration.ofDays(50)))));
            ledger.recount(
                    provider, ZoneOffset.UTC, COUNTED, LongPromptRules.NONE, totals.recount(totals.pricing(), COUNTED));
            ledger.putState(provider, "cursor", "2026-11-24T00:00:00Z");
        }
        totals = new Totals(ledger.readTotals(DAYS_FROM, NOW.minus(Duration.ofDays(60))));
        for (int i = 1; i < 120; i++) {
            Instant at = NOW.minus(Duration.ofHours(3L * (120 - i)));
            append(at, List.of(event(i, PROVIDERS.get(i % 2), at)));
        }
        amend(ledger.find("id 60").get(0), "requests=2");
        while (ledger.prune(NOW.minus(Duration.ofDays(10)), totals.recount())) {
            // in one step
        }
        undo(70);
        for (int i = 120; i < 124; i++) {
            append(NOW, List.of(event(i, PROVIDERS.get(i % 2), NOW)));
        }
        ledger.putState("apify", "cursor", "2026-11-24T09:00:00Z");
        undo(71);
    }

    private void amend(RecordedEvent first, String more) throws LedgerException {
        UsageEvent event = first.event();
        var amendment = new RecordedEvent(
                ledger.lastNumber() + 1,
                new UsageEvent(
                        null,
                        event.provider(),
                        event.category(),
                        event.consumer(),
                        event.model(),
                        event.pricing(),
                        event.at(),
                        Usage.parse(more)),
                NOW,
                Source.API,
                first.number(),
                first.counted(),
                true);
        Totals.Change change = totals.plan(List.of(amendment));
        ledger.append(List.of(amendment), change);
        totals.apply(change);
    }

    private void undo(int id) throws LedgerException {
        long number = number("id " + id);
        Totals.Change change = totals.planUndo(ledger.find(number));
        ledger.undo(number, NOW, change);
        totals.apply(change);
        totals.replaceStarts(ledger.readFirstDays(), ledger.readSessions(DAYS_FROM));
    }

    private static UsageEvent event(int id, String provider, Instant at) {
        return new UsageEvent(
                "id " + id,
                provider,
                "recommendations",
                id % 3 == 0 ? "growth" : "",
                "claude-sonnet-4-5",
                id % 5 == 0 ? Pricing.of("batch") : Pricing.STANDARD,
                at,
                Usage.parse("requests=1 tokens.input=" + (1000 + id) + " tokens.output=" + id));
    }
}
