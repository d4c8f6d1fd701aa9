package io.usageexporter.pricing;

import static io.usageexporter.pricing.Prices.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The cost of totals is the sum of the costs of the events, to the last digit. */
class CostPropertyTest {
    private static final PriceTable TABLE = table("""
            provider: anthropic, from: 2026-11-01, factor: 0.87
            provider: apify, units: {compute_units: 0.163}, factor: 0.85
            provider: apify, from: 2026-10-07, units: {compute_units: 0.157}""");

    private record Group(String provider, String model, Pricing pricing, Measure measure, LocalDate day) {}

    private record Event(Group group, Amount amount) {}

    @Property
    void costOfTotalsIsTheSumOfTheCostsOfTheEvents(@ForAll("events") List<Event> events) {
        var ofEvents = new CostSum(TABLE);
        BigDecimal oneByOne = BigDecimal.ZERO;
        Map<Group, BigDecimal> totals = new HashMap<>();
        for (Event event : events) {
            add(ofEvents, event.group(), event.amount().units());
            var alone = new CostSum(TABLE);
            add(alone, event.group(), event.amount().units());
            oneByOne = oneByOne.add(alone.cost().usd());
            totals.merge(event.group(), event.amount().units(), BigDecimal::add);
        }
        var ofTotals = new CostSum(TABLE);
        totals.forEach((group, amount) -> add(ofTotals, group, amount));

        assertThat(ofTotals.cost().usd())
                .isEqualByComparingTo(ofEvents.cost().usd())
                .isEqualByComparingTo(oneByOne);
        assertThat(ofTotals.cost().unpriced()).isEqualTo(ofEvents.cost().unpriced());
    }

    private static void add(CostSum sum, Group group, BigDecimal amount) {
        sum.add(group.provider(), group.model(), group.pricing(), group.measure(), group.day(), amount);
    }

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<Measure> measures = Arbitraries.of(Stream.concat(
                        Arrays.stream(TokenKind.values()).map(Measure::tokens),
                        Stream.of("usd", "compute_units", "web_searches", "requests")
                                .map(Measure::of))
                .toList());
        Arbitrary<Group> groups = Combinators.combine(
                        Arbitraries.of("anthropic", "apify", "openai"),
                        Arbitraries.of(
                                "", "claude-haiku-5-5", "claude-opus-4-8", "claude-sonnet-4-5-20250929", "gpt-6"),
                        Arbitraries.of("", "batch", "fast", "long", "batch+us", "priority", "reported", "other")
                                .map(Pricing::of),
                        measures,
                        Arbitraries.of("2026-03-12", "2026-10-06", "2026-10-07", "2026-11-30", "2026-12-01")
                                .map(LocalDate::parse))
                .as(Group::new);
        return Combinators.combine(
                        groups,
                        Arbitraries.longs().between(0, Amount.MAX_MICROS).map(Amount::new))
                .as(Event::new)
                .list()
                .ofMaxSize(60);
    }
}
