package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.totals.Totals;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * No query of a shared ledger reads all events, but those that are to. PostgreSQL itself logs the plan of every statement.
 * With {@code -Dplans.events=5000000} it takes some minutes.
 */
class SharedPlansTest {
    private static final long EVENTS = Long.getLong("plans.events", 100_000);
    private static final Instant NOW = LedgerTestBase.NOW;

    /** Over three partitions. */
    private static final Instant FIRST = NOW.minusSeconds(80 * 86_400L);

    private static final int COMMIT = 5_000;

    private PostgresServer server;
    private Ledger ledger;
    private Totals totals;

    @BeforeEach
    void fill() throws Exception {
        server = new PostgresServer(
                        "session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0", "autovacuum=off")
                .start();
        LedgerAddress address = LedgerAddress.of(server.newDatabase());
        ledger = address.open();
        totals = new Totals(ledger.readTotals(LedgerTestBase.DAYS_FROM, NOW));
        long step = Duration.between(FIRST, NOW).toMillis() * COMMIT / EVENTS;
        for (long from = 0; from < EVENTS; from += COMMIT) {
            append(FIRST.plusMillis(step * (from / COMMIT)), from);
        }
        server.execute(PostgresServer.database(((LedgerAddress.Shared) address).url()), "ANALYZE");
        Files.writeString(server.log(), "");
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
        server.close();
    }

    /** Appends events whose ids contain their numbers, one of which amends another. */
    private void append(Instant received, long from) throws LedgerException {
        List<UsageEvent> events = LongStream.range(from, from + COMMIT)
                .mapToObj(i -> new UsageEvent("id " + i, "p", "c", "", received, LedgerTestBase.usage("1")))
                .toList();
        ledger.inUnit(LedgerTestBase.NONE, () -> {
            ledger.prefetch(events.stream().map(UsageEvent::id).toList(), received);
            long first = ledger.lastNumber() + 1;
            List<RecordedEvent> recorded = IntStream.range(0, COMMIT)
                    .mapToObj(i -> new RecordedEvent(
                            first + i, events.get(i), received, Source.API, i == 1 ? first : 0, Pricing.STANDARD))
                    .toList();
            Totals.Change change = totals.plan(recorded);
            ledger.append(recorded, change);
            totals.apply(change);
            return recorded;
        });
    }

    @Test
    void noQueryScansAllEvents() throws Exception {
        append(NOW, EVENTS);
        ledger.find("id 7");
        ledger.find(7);
        ledger.findExported("ledger:" + ledger.id() + ":7");
        ledger.isUndone(7);
        ledger.readDays(LocalDate.parse("2026-10-01"), LocalDate.parse("2026-11-01"));
        ledger.readSessions(LocalDate.parse("2026-10-01"));
        ledger.follow(LedgerTestBase.NONE);
        try (LedgerReader reader = ledger.reader()) {
            reader.newestWithId("id 7");
            reader.page(1);
            reader.page(EVENTS / 2);
            reader.windows("p", Window.HOURLY, NOW.minusSeconds(86_400), NOW);
            reader.snapshot(LedgerTestBase.DAYS_FROM, NOW);
        }
        ledger.inUnit(LedgerTestBase.NONE, () -> ledger.prune(FIRST.plusSeconds(86_400), totals.recount()));

        List<String> plans = plans();
        assertThat(plans).hasSizeGreaterThan(20);
        assertThat(plans.stream()
                        .filter(plan -> plan.contains("Seq Scan on event_row"))
                        .map(SharedPlansTest::query))
                .isEmpty();
    }

    private static String query(String plan) {
        return plan.lines()
                .filter(line -> line.contains("Query Text"))
                .findFirst()
                .map(line -> line.substring(0, Math.min(300, line.length())))
                .orElse(plan);
    }

    private List<String> plans() throws IOException {
        return Arrays.stream(Files.readString(server.log()).split("(?=LOG:  duration:)"))
                .filter(entry -> entry.contains("plan:"))
                .toList();
    }
}
