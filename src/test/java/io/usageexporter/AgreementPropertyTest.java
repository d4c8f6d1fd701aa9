package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Decimals;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.testing.Folders;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * After any sequence of steps the totals, the events in the ledger and all views agree with a plain list of the
 * acknowledged events, and no counter has fallen.
 */
class AgreementPropertyTest {
    private static final ZoneId ZONE = ZoneId.of("America/New_York");
    private static final int RESET_DAY = 31;
    private static final String CONFIG = """
            timezone: America/New_York
            providers:
              anthropic:
                windows: {monthly: {reset_day: 31}}
                limits: {daily: {requests: 10, tokens: 1000}, monthly: {requests: 100, tokens: 20000, usd: 0.01}}
            prices:
            """;

    /** The prices of model {@code small}; model {@code unknown} has none. */
    private static final List<String> TABLES = List.of("""
              - {provider: anthropic, model: small, from: 2026-09-01, input: 0.37, cache_read: 0.013, batch: 0.5}
              - {provider: anthropic, model: small, from: 2026-10-20, input: 0.29, cache_read: 0.007, batch: 0.5}
            """, """
              - {provider: anthropic, model: small, from: 2026-09-01, input: 0.41, batch: 0.5, factor: 0.9}
            """);

    /** The price in USD of a token according to one of the tables, or null. */
    private static @Nullable BigDecimal price(int table, Counted event) {
        LocalDate day = LocalDate.ofInstant(event.at(), ZONE);
        boolean isEarly = day.isBefore(LocalDate.parse("2026-10-20"));
        String perMillion = event.model().equals("unknown")
                ? null
                : table == 0
                        ? event.cacheRead() ? isEarly ? "0.013" : "0.007" : isEarly ? "0.37" : "0.29"
                        : event.cacheRead() ? null : "0.369";
        return perMillion == null
                ? null
                : new BigDecimal(perMillion)
                        .movePointLeft(6)
                        .multiply(event.isBatch() ? new BigDecimal("0.5") : BigDecimal.ONE);
    }

    /** A step in the life of an exporter. */
    private sealed interface Step {
        /** A batch is posted. */
        record Post(List<Event> events) implements Step {}

        /** The batch of an earlier post is repeated unchanged. */
        record Repeat(int which) implements Step {}

        /** Time passes. */
        record Wait(Duration time) implements Step {}

        /** The exporter is restarted with one of the price tables. */
        record Restart(int prices) implements Step {}
    }

    private record Event(
            @Nullable Integer id,
            String category,
            long age,
            long tokenMicros,
            boolean cacheRead,
            String model,
            boolean isBatch) {}

    /** An acknowledged event. */
    private record Counted(
            Instant at, String category, BigDecimal tokens, boolean cacheRead, String model, boolean isBatch) {}

    @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
    void everythingAgrees(@ForAll("steps") List<Step> steps) throws Exception {
        Path folder = Files.createTempDirectory("agreement");
        try {
            Path config = Files.writeString(folder.resolve("usage.yml"), CONFIG + TABLES.get(0));
            // Just before the end of daylight saving time, and before a monthly window starts.
            var clock = new SettableClock("2026-10-30T20:00:00Z");
            new Run(folder.resolve("usage.db"), config, clock).play(steps);
        } finally {
            Folders.delete(folder);
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Event> event = Combinators.combine(
                        Arbitraries.integers().between(0, 9).injectNull(0.4),
                        Arbitraries.of("recommendations", "search", "ünï \"quoted\" \\ <b>"),
                        Arbitraries.longs().between(0, Duration.ofDays(39).toMinutes()),
                        Arbitraries.longs().between(0, 3_000_000_000L),
                        Arbitraries.of(true, false),
                        Arbitraries.of("small", "small", "unknown"),
                        Arbitraries.of(true, false))
                .as(Event::new);
        Arbitrary<Step> post = event.list().ofMinSize(1).ofMaxSize(5).map(Step.Post::new);
        Arbitrary<Step> repeat = Arbitraries.integers().between(0, 20).map(Step.Repeat::new);
        Arbitrary<Step> wait = Arbitraries.longs()
                .between(1, Duration.ofDays(3).toSeconds())
                .map(seconds -> new Step.Wait(Duration.ofSeconds(seconds)));
        Arbitrary<Step> restart = Arbitraries.of(0, 1).map(Step.Restart::new);
        return Arbitraries.frequencyOf(Tuple.of(5, post), Tuple.of(2, repeat), Tuple.of(2, wait), Tuple.of(1, restart))
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    /** The life of one exporter, with its invariants. */
    private static final class Run {
        private final Path ledger;
        private final Path config;
        private final SettableClock clock;
        private final List<Counted> acknowledged = new ArrayList<>();
        private final Map<String, String> contentOfId = new TreeMap<>();
        private final List<List<String>> posted = new ArrayList<>();
        private final Map<String, Counted> meaning = new TreeMap<>();
        private Map<String, BigDecimal> countersBefore = Map.of();
        private int prices;
        private TestExporter exporter;

        Run(Path ledger, Path config, SettableClock clock) throws Exception {
            this.ledger = ledger;
            this.config = config;
            this.clock = clock;
            this.exporter = new TestExporter(ledger, config, clock);
        }

        void play(List<Step> steps) throws Exception {
            try {
                for (Step step : steps) {
                    if (step instanceof Step.Post post) {
                        post(post.events().stream().map(this::json).toList());
                    } else if (step instanceof Step.Repeat repeat && !posted.isEmpty()) {
                        post(posted.get(repeat.which() % posted.size()));
                    } else if (step instanceof Step.Wait wait) {
                        clock.advance(wait.time());
                    } else if (step instanceof Step.Restart restart) {
                        exporter.close();
                        prices = restart.prices();
                        Files.writeString(config, CONFIG + TABLES.get(prices));
                        exporter = new TestExporter(ledger, config, clock);
                    }
                    check();
                }
            } finally {
                exporter.close();
            }
        }

        private String json(Event event) {
            Instant at = clock.instant().minus(Duration.ofMinutes(event.age())).truncatedTo(ChronoUnit.SECONDS);
            String tokens = Decimals.plain(BigDecimal.valueOf(event.tokenMicros(), 6));
            String id = event.id() == null ? "" : "\"id\":\"e" + event.id() + "\",";
            String category = event.category().replace("\\", "\\\\").replace("\"", "\\\"");
            String json = "{" + id + "\"provider\":\"anthropic\",\"category\":\"" + category + "\",\"model\":\""
                    + event.model()
                    + "\",\"pricing\":\"" + (event.isBatch() ? "batch" : "") + "\",\"at\":\"" + at
                    + "\",\"usage\":{\"tokens\":{\"" + (event.cacheRead() ? "cache_read" : "input") + "\":" + tokens
                    + "}}}";
            meaning.put(
                    json,
                    new Counted(
                            at,
                            event.category(),
                            new BigDecimal(tokens),
                            event.cacheRead(),
                            event.model(),
                            event.isBatch()));
            return json;
        }

        private void post(List<String> events) {
            var ids = new TreeMap<>(contentOfId);
            var fresh = new ArrayList<Counted>();
            boolean conflict = false;
            boolean tooOld = false;
            for (String event : events) {
                Counted counted = meaning(event);
                tooOld |= counted.at().isBefore(clock.instant().minus(Duration.ofDays(40)));
                String id = event.startsWith("{\"id\"") ? event.substring(7, 9) : null;
                String before = id == null ? null : ids.putIfAbsent(id, event);
                conflict |= before != null && !before.equals(event);
                if (before == null) {
                    fresh.add(counted);
                }
            }
            HttpResponse<String> response = exporter.record("[" + String.join(",", events) + "]");
            posted.add(events);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(tooOld ? 400 : conflict ? 409 : 200);
            if (!tooOld && !conflict) {
                assertThat(response.body())
                        .isEqualTo("{\"recorded\":" + fresh.size() + ",\"duplicates\":" + (events.size() - fresh.size())
                                + "}\n");
                acknowledged.addAll(fresh);
                contentOfId.putAll(ids);
            }
        }

        private Counted meaning(String event) {
            Counted counted = meaning.get(event);
            assertThat(counted).isNotNull();
            return Objects.requireNonNull(counted);
        }

        private void check() throws Exception {
            LocalDate today = LocalDate.ofInstant(clock.instant(), ZONE);
            YearMonth month = YearMonth.from(today);
            LocalDate reset = resetDate(month);
            LocalDate monthStart = today.isBefore(reset) ? resetDate(month.minusMonths(1)) : reset;
            LocalDate monthEnd = today.isBefore(reset) ? reset : resetDate(month.plusMonths(1));

            JsonNode usage = exporter.usage();
            Map<String, BigDecimal> metrics = exporter.metrics();
            String text = exporter.text();
            checkWindow(
                    usage,
                    metrics,
                    text,
                    "daily",
                    "Today",
                    counted -> day(counted).equals(today));
            checkWindow(
                    usage,
                    metrics,
                    text,
                    "monthly",
                    "This Month",
                    counted ->
                            !day(counted).isBefore(monthStart) && day(counted).isBefore(monthEnd));

            checkHistory(usage);

            assertThat(sum(metrics, "api_usage_tokens_total")).isEqualByComparingTo(tokens(acknowledged, 1));
            assertThat(sum(metrics, "api_usage_requests_total")).isEqualByComparingTo("" + acknowledged.size());
            assertThat(sum(metrics, "usage_exporter_events_recorded_total"))
                    .isEqualByComparingTo("" + acknowledged.size());
            checkNoCounterFell(metrics);
            try (LedgerReader reader = LedgerAddress.of(ledger).read()) {
                LedgerReader.Verification verification = reader.verify();
                assertThat(verification.differences()).isEmpty();
                assertThat(verification.events()).isEqualTo(acknowledged.size());
            }
        }

        private void checkWindow(
                JsonNode usage,
                Map<String, BigDecimal> metrics,
                String text,
                String window,
                String title,
                Predicate<Counted> inWindow) {
            List<Counted> counted = acknowledged.stream().filter(inWindow).toList();
            BigDecimal used = tokens(counted, 0);
            assertThat(new BigDecimal(
                            usage.at("/used/anthropic/" + window + "/tokens").asText()))
                    .isEqualByComparingTo(used);
            assertThat(usage.at("/used/anthropic/" + window + "/requests").asInt())
                    .isEqualTo(counted.size());
            String labels = "{provider=\"anthropic\",resource=\"tokens\",window=\"" + window + "\"}";
            assertThat(metrics.get("api_quota_used" + labels)).isEqualByComparingTo(used);
            var parts = BigDecimal.ZERO;
            for (JsonNode category : usage.at("/breakdown/anthropic/" + window)) {
                parts = parts.add(new BigDecimal(category.get("tokens").asText()));
            }
            assertThat(parts).isEqualByComparingTo(used);
            assertThat(text).contains(title + "\nRequests: " + counted.size() + " / ");
            checkMoney(usage, metrics, window, counted);
        }

        /** The sum over all events of tokens times price, unrounded in between, is in every view. */
        private void checkMoney(JsonNode usage, Map<String, BigDecimal> metrics, String window, List<Counted> counted) {
            BigDecimal usd = usd(counted);
            BigDecimal unpriced = unpriced(counted);
            boolean isUnknown = usd.signum() == 0 && unpriced.signum() > 0;
            JsonNode used = usage.at("/used/anthropic/" + window + "/usd");
            BigDecimal gauge =
                    metrics.get("api_quota_used{provider=\"anthropic\",resource=\"usd\",window=\"" + window + "\"}");
            if (isUnknown) {
                assertThat(used.isMissingNode()).isTrue();
                assertThat(gauge).isNull();
            } else {
                assertThat(new BigDecimal(used.asText())).isEqualByComparingTo(usd);
                assertThat(gauge).isEqualByComparingTo(usd);
            }
            var shown = BigDecimal.ZERO;
            for (JsonNode model : usage.at("/unpriced/anthropic/" + window)) {
                shown = shown.add(new BigDecimal(model.get("tokens").asText()));
            }
            assertThat(shown).isEqualByComparingTo(unpriced);
            if (window.equals("monthly")) {
                assertThat(sum(metrics, "api_usage_unpriced_tokens")).isEqualByComparingTo(unpriced);
            }
        }

        private BigDecimal usd(List<Counted> events) {
            return events.stream()
                    .map(event -> {
                        BigDecimal price = price(prices, event);
                        return price == null ? BigDecimal.ZERO : price.multiply(event.tokens());
                    })
                    .reduce(BigDecimal.ZERO, BigDecimal::add)
                    .setScale(6, RoundingMode.HALF_EVEN);
        }

        private BigDecimal unpriced(List<Counted> events) {
            return tokens(
                    events.stream()
                            .filter(event -> price(prices, event) == null)
                            .toList(),
                    1);
        }

        private void checkHistory(JsonNode usage) {
            LocalDate first = acknowledged.stream()
                    .map(Run::day)
                    .min(LocalDate::compareTo)
                    .orElse(LocalDate.ofInstant(clock.instant(), ZONE).plusDays(1));
            var all = BigDecimal.ZERO;
            for (JsonNode day : history("daily")) {
                LocalDate date = LocalDate.parse(day.get("from").asText());
                assertThat(date).isEqualTo(first);
                List<Counted> counted = acknowledged.stream()
                        .filter(event -> day(event).equals(date))
                        .toList();
                var tokens = new BigDecimal(day.at("/used/tokens").asText());
                assertThat(tokens).isEqualByComparingTo(tokens(counted, 0));
                assertThat(day.at("/used/requests").asInt()).isEqualTo(counted.size());
                assertThat(new BigDecimal(day.at("/used/usd").asText("0"))).isEqualByComparingTo(usd(counted));
                all = all.add(tokens);
                first = first.plusDays(1);
            }
            assertThat(all).isEqualByComparingTo(tokens(acknowledged, 0));
            if (!acknowledged.isEmpty()) {
                checkLast(usage, "daily");
                checkLast(usage, "monthly");
            }
        }

        /** The newest window of the history equals {@code /api/usage}. */
        private void checkLast(JsonNode usage, String window) {
            JsonNode history = history(window);
            JsonNode last = history.get(history.size() - 1);
            for (String tree : List.of("used", "percent", "status", "breakdown")) {
                assertThat(last.get(tree)).isEqualTo(usage.at("/" + tree + "/anthropic/" + window));
            }
            assertThat(last.get("limit")).isEqualTo(usage.at("/limits/anthropic/" + window));
        }

        private JsonNode history(String window) {
            return TestExporter.json(exporter.http()
                            .get("/api/usage/history?days=400&window=" + window)
                            .body())
                    .at("/history/anthropic");
        }

        private void checkNoCounterFell(Map<String, BigDecimal> metrics) {
            countersBefore.forEach((series, before) ->
                    assertThat(metrics.get(series)).as(series).isNotNull().isGreaterThanOrEqualTo(before));
            countersBefore = metrics.entrySet().stream()
                    .filter(sample -> sample.getKey().matches("api_usage_\\w+_total.*")
                            || sample.getKey().startsWith("usage_exporter_events_recorded_total"))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }

        private static LocalDate day(Counted counted) {
            return LocalDate.ofInstant(counted.at(), ZONE);
        }

        private static LocalDate resetDate(YearMonth month) {
            return month.atDay(Math.min(RESET_DAY, month.lengthOfMonth()));
        }

        private static BigDecimal tokens(List<Counted> events, int cacheReadWeight) {
            return events.stream()
                    .map(event -> event.cacheRead()
                            ? event.tokens().multiply(BigDecimal.valueOf(cacheReadWeight))
                            : event.tokens())
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }

        private static BigDecimal sum(Map<String, BigDecimal> metrics, String name) {
            return metrics.entrySet().stream()
                    .filter(sample -> sample.getKey().startsWith(name + "{"))
                    .map(Map.Entry::getValue)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }
    }
}
