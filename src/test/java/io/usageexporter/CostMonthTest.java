package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A month of usage beside the provider's cost report. What the ledger does not know of, and only that, is the difference
 * shown.
 */
class CostMonthTest {
    private static final LocalDate FIRST = LocalDate.parse("2026-11-01");
    private static final int DAYS = 30;

    /** Each day 100,000 input tokens at $4 and 10,000 output tokens at $20 per million. */
    private static final String EACH_DAY =
            event("claude-opus-5-5", "{\"input_tokens\": 100000, \"output_tokens\": 10000}");

    private static final BigDecimal EACH_DAY_USD = new BigDecimal("0.6");

    /** Usage that is easily recorded without what its price depends on. Prices are USD per million tokens. */
    private enum Planted {
        /** (0.1 M * 2 + 0.01 M * 10) / 2 = 0.15; at the full price 0.3. */
        BATCH(
                "claude-sonnet-5-5",
                "{\"input_tokens\": 100000, \"output_tokens\": 10000, \"service_tier\": \"batch\"}",
                "{\"input_tokens\": 100000, \"output_tokens\": 10000}",
                "0.15",
                "-0.15"),
        /** 1 M * 8 + 0.1 M * 40 = 12; at standard speed 1 M * 4 + 0.1 M * 20 = 6. */
        FAST(
                "claude-opus-5-5",
                "{\"input_tokens\": 1000000, \"output_tokens\": 100000, \"speed\": \"fast\"}",
                "{\"input_tokens\": 1000000, \"output_tokens\": 100000}",
                "12",
                "6"),
        /** (1 M * 5 + 0.1 M * 25) * 1.1 = 8.25; elsewhere 7.5. */
        US(
                "claude-opus-4-8",
                "{\"input_tokens\": 1000000, \"output_tokens\": 100000, \"inference_geo\": \"us\"}",
                "{\"input_tokens\": 1000000, \"output_tokens\": 100000}",
                "8.25",
                "0.75"),
        /** 1 M * 4; as writes for 5 minutes 1 M * 2.5. */
        WRITES_OF_AN_HOUR(
                "claude-sonnet-5-5",
                "{\"input_tokens\": 0, \"output_tokens\": 0, \"cache_creation_input_tokens\": 1000000,"
                        + " \"cache_creation\": {\"ephemeral_5m_input_tokens\": 0, \"ephemeral_1h_input_tokens\": 1000000}}",
                "{\"input_tokens\": 0, \"output_tokens\": 0, \"cache_creation_input_tokens\": 1000000}",
                "4",
                "1.5"),
        /** 25 * 0.01. */
        WEB_SEARCH(
                "claude-opus-5-5",
                "{\"input_tokens\": 0, \"output_tokens\": 0, \"server_tool_use\": {\"web_search_requests\": 25}}",
                "{\"input_tokens\": 0, \"output_tokens\": 0}",
                "0.25",
                "0.25"),
        /** 0.15 M * 0.5 + 0.01 M * 2.5 = 0.1; as two shorter prompts 0.15 M * 0.1 + 0.01 M * 0.5 = 0.02. */
        LONG_PROMPT(
                "claude-haiku-5-5",
                "{\"input_tokens\": 150000, \"output_tokens\": 10000}",
                "{\"requests\": 2, \"tokens\": {\"input\": 150000, \"output\": 10000}}",
                "0.1",
                "0.08"),
        /** 1 M * 10. */
        PAST_THE_GATEWAY("claude-sonnet-5-5", "{\"input_tokens\": 0, \"output_tokens\": 1000000}", "", "10", "10");

        private final String model;
        private final String usage;
        private final String mistaken;
        private final BigDecimal usd;
        private final BigDecimal difference;

        /**
         * @param usage as the provider reports it
         * @param mistaken the same without what its price depends on; empty where it is not recorded at all
         * @param usd what the provider charges
         * @param difference how much less the mistaken one costs
         */
        Planted(String model, String usage, String mistaken, String usd, String difference) {
            this.model = model;
            this.usage = usage;
            this.mistaken = mistaken;
            this.usd = new BigDecimal(usd);
            this.difference = new BigDecimal(difference);
        }
    }

    @TempDir
    Path folder;

    private static String event(String model, String usage) {
        return "{\"provider\": \"anthropic\", \"model\": \"" + model + "\", \"usage\": " + usage + "}";
    }

    private static String on(int day, String event) {
        return "{\"at\": \"" + FIRST.plusDays(day) + "T10:00:00Z\", " + event.substring(1);
    }

    private static BigDecimal sum(List<BigDecimal> amounts) {
        return amounts.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** The month as the exporter shows it at its end, beside a report of all that was planted. */
    private JsonNode month(List<Planted> planted, List<String> recorded) throws Exception {
        var events = new ArrayList<String>();
        var costs = new ArrayList<String>();
        for (int day = 0; day < DAYS; day++) {
            events.add(on(day, EACH_DAY));
            costs.add(cost(day, EACH_DAY_USD));
        }
        for (int i = 0; i < planted.size(); i++) {
            costs.add(cost(i * 4, planted.get(i).usd));
        }
        for (int i = 0; i < recorded.size(); i++) {
            events.add(on(i * 4, recorded.get(i)));
        }
        try (var provider = new FakeProvider()) {
            provider.on(
                    "GET",
                    "/v1/organizations/analytics/cost",
                    FakeResponse.json(
                            200,
                            "{\"data\": [" + String.join(",", costs) + "], \"has_more\": false, \"next_page\": null}"));
            return shown(provider, "[" + String.join(",", events) + "]");
        }
    }

    private JsonNode shown(FakeProvider provider, String events) throws Exception {
        try (var exporter = new TestExporter(
                folder.resolve("usage.db"), config(provider), new SettableClock("2026-11-30T12:00:00Z"))) {
            exporter.record(events);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> monthly(exporter).has("reported"));
            return monthly(exporter);
        }
    }

    private Path config(FakeProvider provider) throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "secret");
        return Files.writeString(
                folder.resolve("usage.yml"),
                "providers: {anthropic: {resources: [requests], limits: {monthly: {usd: 400}}, gateway: {upstream: '"
                        + provider.url() + "'}, poll: {admin_key_file: '" + key + "'}}}");
    }

    private static JsonNode monthly(TestExporter exporter) {
        return TestExporter.json(exporter.http().get("/api/usage/reported").body())
                .at("/windows/anthropic/monthly/usd");
    }

    /** A row of the cost report, in cents. */
    private static String cost(int day, BigDecimal usd) {
        LocalDate date = FIRST.plusDays(day);
        return "{\"starting_at\": \"%sT00:00:00Z\", \"ending_at\": \"%sT00:00:00Z\", \"group\": {\"model\": \"m\"}, \"cost\":"
                        .formatted(date, date.plusDays(1))
                + " {\"amount\": \"" + usd.movePointRight(2).toPlainString() + "\", \"currency\": \"USD\"}}";
    }

    @ParameterizedTest
    @EnumSource(Planted.class)
    void onePlantedDifferenceIsShownExactly(Planted planted) throws Exception {
        List<String> recorded =
                planted.mistaken.isEmpty() ? List.of() : List.of(event(planted.model, planted.mistaken));

        JsonNode month = month(List.of(planted), recorded);

        assertThat(month.get("reported").decimalValue()).isEqualByComparingTo(planted.usd.add(new BigDecimal("18.0")));
        assertThat(month.get("difference").decimalValue()).isEqualByComparingTo(planted.difference);
    }

    @Test
    void allPlantedDifferencesAddUp() throws Exception {
        List<Planted> planted = List.of(Planted.values());

        JsonNode month = month(
                planted,
                planted.stream()
                        .filter(each -> !each.mistaken.isEmpty())
                        .map(each -> event(each.model, each.mistaken))
                        .toList());

        // -0.15 + 6 + 0.75 + 1.5 + 0.25 + 0.08 + 10
        assertThat(month.get("difference").decimalValue()).isEqualByComparingTo("18.43");
    }

    @Test
    void usageRecordedWithWhatItsPriceDependsOnLeavesOnlyTheCallPastTheGateway() throws Exception {
        List<Planted> planted = List.of(Planted.values());

        JsonNode month = month(
                planted,
                planted.stream()
                        .filter(each -> each != Planted.PAST_THE_GATEWAY)
                        .map(each -> event(each.model, each.usage))
                        .toList());

        assertThat(month.get("reported").decimalValue())
                .isEqualByComparingTo(sum(Arrays.stream(Planted.values())
                                .map(each -> each.usd)
                                .toList())
                        .add(new BigDecimal("18.0")));
        assertThat(month.get("difference").decimalValue()).isEqualByComparingTo("10");
    }
}
