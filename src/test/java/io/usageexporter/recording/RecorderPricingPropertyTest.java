package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.Folders;
import io.usageexporter.totals.Series;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** The days price each event by all of its amounts, whatever the order of its figures and of changes of the price table. */
class RecorderPricingPropertyTest {
    private static final String DAY = "2026-11-24";
    private static final Measure INPUT = Measure.tokens(TokenKind.INPUT);
    private static final Measure CACHE_READ = Measure.tokens(TokenKind.CACHE_READ);
    private static final Measure USD = Measure.of(Measure.USD);

    /** A step of a test run. */
    private sealed interface Step {
        /** Observations in one submission. */
        record Observe(List<Observation> observations) implements Step {}

        /** Another length from which prompts are long, and whether it comes with a restart. */
        record Prices(int over, boolean restart) implements Step {}
    }

    /** An observation of an event, whose amounts are in units. */
    private record Observation(int id, String pricing, int input, int cacheRead, int usd) {
        UsageEvent event() {
            var amounts = Map.of(INPUT, Amount.of(input), CACHE_READ, Amount.of(cacheRead), USD, Amount.of(usd));
            return new UsageEvent(
                    "u" + id,
                    "anthropic",
                    "c",
                    "",
                    "claude-haiku-5-5",
                    Pricing.of(pricing),
                    Instant.parse(DAY + "T08:00:00Z"),
                    Usage.of(amounts));
        }
    }

    @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
    void eachEventHasOnePricingInItsDayAndCountersNeverFall(@ForAll("steps") List<Step> steps) throws Exception {
        Path folder = Files.createTempDirectory("pricing");
        try (var fixture = new RecorderFixture(folder)) {
            int over = 100_000;
            var first = new TreeMap<Integer, String>();
            var highest = new TreeMap<Integer, Map<Measure, Integer>>();
            Map<Series, BigDecimal> before = Map.of();
            for (Step step : steps) {
                if (step instanceof Step.Observe observe) {
                    fixture.observe(observe.observations().stream()
                            .map(Observation::event)
                            .toArray(UsageEvent[]::new));
                    for (Observation each : observe.observations()) {
                        first.putIfAbsent(each.id(), each.pricing());
                        Map<Measure, Integer> amounts = highest.computeIfAbsent(each.id(), id -> new HashMap<>());
                        amounts.merge(INPUT, each.input(), Math::max);
                        amounts.merge(CACHE_READ, each.cacheRead(), Math::max);
                        amounts.merge(USD, each.usd(), Math::max);
                    }
                } else if (step instanceof Step.Prices prices) {
                    over = prices.over();
                    fixture.setPrices("- {provider: anthropic, model: claude-haiku-5-5, from: 2026-10-07, input: 1,"
                            + " long_prompt: {over: " + over + ", input: 2}}");
                    if (prices.restart()) {
                        fixture.restart();
                    } else {
                        fixture.configure();
                    }
                }
                assertThat(fixture.pricedDay(DAY)).isEqualTo(expected(first, highest, over));
                Map<Series, BigDecimal> now = fixture.snapshot().series();
                before.forEach((series, value) -> assertThat(now.get(series)).isGreaterThanOrEqualTo(value));
                before = now;
            }
            fixture.verify(first.size());
        } finally {
            Folders.delete(folder);
        }
    }

    private static String expected(Map<Integer, String> first, Map<Integer, Map<Measure, Integer>> highest, int over) {
        var cells = new TreeMap<String, BigDecimal>();
        highest.forEach((id, amounts) -> {
            var parts = new ArrayList<String>();
            String given = first.getOrDefault(id, "");
            if (!given.isEmpty()) {
                parts.add(given);
            }
            if (amounts.getOrDefault(INPUT, 0) + amounts.getOrDefault(CACHE_READ, 0) > over) {
                parts.add("long");
            }
            if (amounts.getOrDefault(USD, 0) > 0) {
                parts.add("reported");
            }
            amounts.forEach((measure, amount) -> {
                if (amount > 0) {
                    cells.merge(String.join("+", parts) + " " + measure, BigDecimal.valueOf(amount), BigDecimal::add);
                }
            });
        });
        return cells.entrySet().stream()
                .map(cell -> (cell.getKey() + " " + Decimals.plain(cell.getValue())).strip())
                .sorted()
                .toList()
                .toString();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> tokens = Arbitraries.of(0, 0, 50_000, 100_000, 100_001, 150_000);
        Arbitrary<Step> observe = Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of("", "batch"),
                        tokens,
                        tokens,
                        Arbitraries.of(0, 0, 1, 2))
                .as(Observation::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(Step.Observe::new);
        Arbitrary<Step> prices = Combinators.combine(
                        Arbitraries.of(50_000, 100_000, 200_000), Arbitraries.of(true, false))
                .as(Step.Prices::new);
        return Arbitraries.frequencyOf(Tuple.of(4, observe), Tuple.of(1, prices))
                .list()
                .ofMinSize(1)
                .ofMaxSize(10);
    }
}
