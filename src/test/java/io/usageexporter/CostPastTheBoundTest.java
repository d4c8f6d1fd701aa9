package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Usage that counts as {@code other} has no price of its own: what it costs is unknown, and never a standard price. */
class CostPastTheBoundTest {
    private static final BigDecimal MILLION = new BigDecimal(1_000_000);

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension("""
            providers:
              acme: {max_series: 100, resources: [requests, tokens, pages], limits: {daily: {usd: 9000}}}
              wide: {resources: [tokens], limits: {daily: {usd: 9000}}}
              paid: {max_series: 100, resources: [compute_units], limits: {daily: {usd: 9000}}}
            prices:
              - {provider: acme, input: 1, batch: 0.5, units: {requests: 0.5, pages: 0.01}}
              - {provider: acme, model: big, input: 100, batch: 0.5}
              - {provider: wide, input: 1, batch: 0.5}
              - {provider: paid, units: {compute_units: 0.20}}
            """);

    /** One request with a million input tokens and 100 pages. */
    private record Event(String category, String consumer, String model, String pricing) {
        static Event number(int i) {
            return new Event("c" + i % 7, "u" + i % 11, i % 5 == 0 ? "big" : "m" + i % 13, i % 3 == 0 ? "batch" : "");
        }

        String json() {
            return """
                    {"provider": "acme", "category": "%s", "consumer": "%s", "model": "%s", "pricing": "%s",
                     "usage": {"tokens": {"input": 1000000}, "pages": 100}}""".formatted(category, consumer, model, pricing);
        }

        /** USD: 1, or 100 of the big model; half of it in a batch. */
        BigDecimal tokensUsd() {
            return new BigDecimal(model.equals("big") ? 100 : 1)
                    .multiply(new BigDecimal(pricing.isEmpty() ? "1" : "0.5"));
        }

        String series(String resource, String kind) {
            return "api_usage_" + resource + "_total{category=\"" + category + "\",consumer=\"" + consumer + "\"" + kind
                    + ",model=\"" + model + "\"" + (pricing.isEmpty() ? "" : ",pricing=\"" + pricing + "\"")
                    + ",provider=\"acme\"}";
        }
    }

    private static BigDecimal sum(List<BigDecimal> amounts) {
        return amounts.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private void recordAll(List<String> events) {
        assertThat(exporter.record("[" + String.join(",", events) + "]").statusCode())
                .isEqualTo(200);
    }

    /** The sum of the money of all parts of a breakdown. */
    private static BigDecimal usdOf(JsonNode breakdown) {
        return sum(StreamSupport.stream(breakdown.spliterator(), false)
                .filter(part -> part.has("usd"))
                .map(part -> part.get("usd").decimalValue())
                .toList());
    }

    private void assertUsd(String pointer, String usd) {
        assertThat(exporter.usage().at(pointer).asText()).isEqualTo(usd);
    }

    @Test
    void pastMaxSeriesOnlyUsageWithItsOwnSeriesIsPricedInEveryView() {
        List<Event> events = IntStream.range(0, 400).mapToObj(Event::number).toList();
        recordAll(events.stream().map(Event::json).toList());

        var series = exporter.metrics();
        Predicate<Event> hasTokens = event -> series.containsKey(event.series("tokens", ",kind=\"input\""));
        Predicate<Event> hasPages = event -> series.containsKey(event.series("pages", ""));
        Predicate<Event> hasRequests = event -> series.containsKey(event.series("requests", ""));
        long tokensOfOther = events.stream().filter(hasTokens.negate()).count();
        assertThat(tokensOfOther).isBetween(100L, 399L);
        BigDecimal usd = sum(List.of(
                sum(events.stream().filter(hasTokens).map(Event::tokensUsd).toList()),
                new BigDecimal(events.stream().filter(hasPages).count()),
                new BigDecimal(events.stream().filter(hasRequests).count()).multiply(new BigDecimal("0.5"))));

        JsonNode usage = exporter.usage();
        for (String window : List.of("daily", "monthly")) {
            assertThat(usage.at("/used/acme/" + window + "/usd").decimalValue()).isEqualByComparingTo(usd);
            assertThat(usage.at("/used/acme/" + window + "/tokens").asText()).isEqualTo("400000000");
            for (String tree : List.of("breakdown", "consumers", "models")) {
                assertThat(usdOf(usage.at("/" + tree + "/acme/" + window)))
                        .as(tree)
                        .isEqualByComparingTo(usd);
            }
            JsonNode unpriced = usage.at("/unpriced/acme/" + window);
            assertThat(unpriced.size()).isEqualTo(1);
            assertThat(unpriced.at("/other/tokens").decimalValue())
                    .isEqualByComparingTo(MILLION.multiply(new BigDecimal(tokensOfOther)));
            assertThat(unpriced.at("/other/requests").asLong())
                    .isEqualTo(events.stream().filter(hasRequests.negate()).count());
        }
        assertThat(TestExporter.json(
                                exporter.http().get("/api/usage/history?days=1").body())
                        .at("/history/acme/0/used/usd")
                        .decimalValue())
                .isEqualByComparingTo(usd);
        assertThat(exporter.text()).contains("USD: at least $");
        assertThat(exporter.metric("api_quota_used{provider=\"acme\",resource=\"usd\",window=\"daily\"}"))
                .isEqualByComparingTo(usd);
        assertThat(series.keySet())
                .filteredOn(name -> name.startsWith("api_price_usd"))
                .isNotEmpty()
                .noneMatch(name -> name.contains("other"));
    }

    @Test
    void modelPastTheirNumberIsUnpriced() {
        recordAll(IntStream.range(0, 205)
                .mapToObj(i -> "{\"provider\": \"wide\", \"model\": \"m" + i
                        + "\", \"usage\": {\"tokens\": {\"input\": 1000000}}}")
                .toList());

        assertUsd("/used/wide/daily/usd", "200");
        assertUsd("/unpriced/wide/daily/other/tokens", "5000000");
        assertThat(exporter.text()).contains("Without a price: 5,000,000 tokens of other models.\n");
    }

    @Test
    void pricingPastTheirNumberIsUnpriced() {
        recordAll(IntStream.range(0, 200)
                .mapToObj(i -> "{\"provider\": \"wide\", \"model\": \"m\", \"pricing\": \"p" + i
                        + "\", \"usage\": {\"tokens\": {\"input\": 1}}}")
                .toList());
        recordAll(List.of(
                "{\"provider\": \"wide\", \"model\": \"m\", \"pricing\": \"batch\", \"usage\": {\"tokens\": {\"input\": 1000000}}}",
                "{\"provider\": \"wide\", \"model\": \"m\", \"usage\": {\"tokens\": {\"input\": 3000000}}}"));

        assertUsd("/used/wide/daily/usd", "3");
        assertUsd("/unpriced/wide/daily/m/tokens", "1000200");
    }

    @Test
    void categoryAndConsumerPastTheirNumberCostWhatTheyCost() {
        recordAll(IntStream.range(0, 205)
                .mapToObj(
                        i -> ("{\"provider\": \"wide\", \"category\": \"c%d\", \"consumer\": \"u%d\", \"model\": \"m\","
                                        + " \"pricing\": \"batch\", \"usage\": {\"tokens\": {\"input\": 1000000}}}")
                                .formatted(i, i))
                .toList());

        assertUsd("/used/wide/daily/usd", "102.5");
        assertUsd("/breakdown/wide/daily/other/usd", "2.5");
        assertUsd("/consumers/wide/daily/other/usd", "2.5");
        assertThat(exporter.usage().at("/unpriced/wide/daily").isEmpty()).isTrue();
    }

    @Test
    void usageWhoseCostWasReportedIsNotPricedOnceMore() {
        recordAll(IntStream.range(0, 300)
                .mapToObj(i -> ("{\"provider\": \"paid\", \"category\": \"c%d\", \"consumer\": \"u%d\","
                                + " \"usage\": {\"compute_units\": 5, \"usd\": 0.25}}")
                        .formatted(i % 100, i))
                .toList());

        assertUsd("/used/paid/daily/usd", "75");
        assertThat(exporter.metrics().keySet().stream()
                        .filter(name -> name.startsWith("api_usage_compute_units_total"))
                        .collect(Collectors.joining()))
                .contains("model=\"other\"");
    }
}
