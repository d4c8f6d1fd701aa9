package io.usageexporter.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportCommandTest {
    private static final String NOW = "2026-11-24T09:15:00Z";
    private static final String CONFIG = """
            providers:
              anthropic: {resources: [requests, tokens, web_searches], timezone: America/New_York}
              apify: {resources: [compute_units], timezone: Europe/Berlin, windows: {monthly: {reset_day: 17}}}
              acme: {display_name: "=HYPERLINK(0)", resources: [requests, pages]}
            prices:
              - {provider: anthropic, model: "claude-haiku-6*", input: 0.10, output: 0.50, batch: 0.5, us: 1.1}
              - {provider: anthropic, factor: 0.9}
              - {provider: apify, units: {compute_units: 0.20}}
            """;

    /** Prices of all kinds, zones, a day of 25 hours, names that need quotes, reported costs, and no price. */
    private static final List<String> EVENTS = List.of("""
            {"provider": "anthropic", "model": "claude-haiku-6", "pricing": "batch+us", "category": "a", "consumer": "growth",
             "usage": {"tokens": {"input": 1234567, "output": 1}}}""", """
            {"provider": "anthropic", "model": "claude-haiku-6", "category": "a", "at": "2026-11-02T04:30:00Z",
             "usage": {"tokens": {"input": 7, "cache_read": 3}}}""", """
            {"provider": "anthropic", "model": "claude-haiku-5-5", "pricing": "long", "category": "\\"b\\", c\\\\",
             "usage": {"tokens": {"input": 200000, "cache_write_1h": 5}}}""", """
            {"provider": "anthropic", "model": "claude-opus-5-5", "pricing": "fast", "consumer": "=x",
             "usage": {"tokens": {"output": 11}, "web_searches": 2}}""", """
            {"provider": "anthropic", "model": "claude-opus-5-5", "pricing": "priority", "usage": {"tokens": {"output": 11}}}""", """
            {"provider": "anthropic", "model": "claude-opus-5-5", "pricing": "express", "usage": {"tokens": {"output": 11}}}""", """
            {"provider": "anthropic", "model": "claude-next", "usage": {"tokens": {"input": 100}}}""", """
            {"provider": "anthropic", "usage": {"tokens": 5}}""", """
            {"provider": "apify", "category": "instagram", "at": "2026-10-25T10:00:00Z", "usage": {"compute_units": 0.000001}}""", """
            {"provider": "apify", "category": "instagram", "at": "2026-11-17T10:00:00Z", "usage": {"compute_units": 2.5}}""", """
            {"provider": "apify", "category": "tiktok", "pricing": "reported", "usage": {"compute_units": 3, "usd": 0.123457}}""", """
            {"provider": "acme", "usage": {"pages": 4}}""", """
            {"provider": "acme", "usage": {"usd": 1.5}}""");

    @TempDir
    Path folder;

    private Path config = Path.of("");

    private static List<Map<String, String>> rows(CommandResult exported) throws IOException {
        return FocusStandard.read(exported.out());
    }

    private static Map<String, String> row(CommandResult exported, String skuPriceId) throws IOException {
        return rows(exported).stream()
                .filter(row -> skuPriceId.equals(row.get("SkuPriceId")))
                .reduce((a, b) -> {
                    throw new AssertionError(a + " and " + b);
                })
                .orElseThrow();
    }

    @BeforeEach
    void writeConfig() throws Exception {
        config = Files.writeString(folder.resolve("usage.yml"), CONFIG);
    }

    private CommandResult export(String... arguments) {
        String[] all = Stream.concat(
                        Stream.of("export", "--config.file=" + config, "--storage.path=" + folder.resolve("usage.db")),
                        Stream.of(arguments))
                .toArray(String[]::new);
        return CommandResult.of(Map.of(), all);
    }

    private JsonNode record(Instant now, List<String> events) throws Exception {
        try (var exporter = new TestExporter(folder.resolve("usage.db"), config, new SettableClock(now.toString()))) {
            for (String event : events) {
                exporter.record(event);
            }
            return TestExporter.json(exporter.http().get("/api/usage").body());
        }
    }

    private JsonNode recordAll() throws Exception {
        return record(Instant.parse(NOW), EVENTS);
    }

    @Test
    void everyRowIsAsTheStandardHasIt() throws Exception {
        recordAll();

        CommandResult exported = export("--format=focus", "--from=2026-10-01", "--to=2026-11-24");

        assertThat(exported.status()).isEqualTo(ExitStatus.OK);
        assertThat(rows(exported)).hasSize(28);
        FocusStandard.check(exported.out());
    }

    @Test
    void pricedRowHasListAndContractedPricesOfItsUnit() throws Exception {
        recordAll();

        Map<String, String> row =
                row(export("--format=FOCUS", "--to=2026-11-24"), "anthropic/claude-haiku-6/tokens.input+batch+us");

        var expected = new HashMap<String, String>();
        expected.put("BilledCost", "0.0611110665");
        expected.put("BillingAccountId", "anthropic");
        expected.put("BillingAccountName", "");
        expected.put("BillingCurrency", "USD");
        expected.put("BillingPeriodEnd", "2026-12-01T05:00:00Z");
        expected.put("BillingPeriodStart", "2026-11-01T04:00:00Z");
        expected.put("ChargeCategory", "Usage");
        expected.put("ChargeClass", "");
        expected.put("ChargeDescription", "Input Tokens, claude-haiku-6, batch+us: USD 0.0495 per million");
        expected.put("ChargeFrequency", "Usage-Based");
        expected.put("ChargePeriodEnd", "2026-11-25T05:00:00Z");
        expected.put("ChargePeriodStart", "2026-11-24T05:00:00Z");
        expected.put("ConsumedQuantity", "1234567");
        expected.put("ConsumedUnit", "Tokens");
        expected.put("ContractedCost", "0.0611110665");
        expected.put("ContractedUnitPrice", "0.0495");
        expected.put("EffectiveCost", "0.0611110665");
        expected.put("InvoiceIssuerName", "anthropic");
        expected.put("ListCost", "0.067901185");
        expected.put("ListUnitPrice", "0.055");
        expected.put("PricingCategory", "Standard");
        expected.put("PricingQuantity", "1.234567");
        expected.put("PricingUnit", "1000000 Tokens");
        expected.put("ProviderName", "anthropic");
        expected.put("PublisherName", "anthropic");
        expected.put("RegionId", "us");
        expected.put("RegionName", "US");
        expected.put("ServiceCategory", "AI and Machine Learning");
        expected.put("ServiceName", "Anthropic API");
        expected.put("ServiceSubcategory", "Generative AI");
        expected.put("SkuId", "anthropic/claude-haiku-6/tokens.input");
        expected.put("SkuMeter", "Input Tokens");
        expected.put(
                "SkuPriceDetails",
                "{\"x_Model\":\"claude-haiku-6\",\"x_TokenKind\":\"input\",\"x_Pricing\":\"batch+us\"}");
        expected.put("SkuPriceId", "anthropic/claude-haiku-6/tokens.input+batch+us");
        expected.put("Tags", "{\"category\":\"a\",\"consumer\":\"growth\"}");
        expected.put("x_CostBasis", "Price List");
        assertThat(row).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic/claude-next/tokens.input, Standard, 'Input Tokens, claude-next: no price is known, so the cost is missing'",
        "anthropic/claude-opus-5-5/tokens.output+priority, Other, "
                + "'Output Tokens, claude-opus-5-5, priority: no price is known, so the cost is missing'",
        "anthropic/claude-opus-5-5/tokens.output+express, Other, "
                + "'Output Tokens, claude-opus-5-5, express: no price is known, so the cost is missing'",
        "acme/pages, Standard, 'Pages: no price is known, so the cost is missing'"
    })
    void usageWithoutAPriceHasNoUnitPriceAndSaysSo(String skuPriceId, String category, String description)
            throws Exception {
        recordAll();

        CommandResult exported = export("--format=focus", "--to=2026-11-24");

        assertThat(row(exported, skuPriceId))
                .containsEntry("ListUnitPrice", "")
                .containsEntry("ContractedUnitPrice", "")
                .containsEntry("BilledCost", "0")
                .containsEntry("ListCost", "0")
                .containsEntry("PricingCategory", category)
                .containsEntry("ChargeDescription", description)
                .containsEntry("x_CostBasis", "Unknown");
        assertThat(exported.err())
                .isEqualTo("warning: rows without a known price, whose x_CostBasis is Unknown: 7 of 27\n");
    }

    @Test
    void reportedCostIsARowAndWhatItPaysForIsIncluded() throws Exception {
        recordAll();

        CommandResult exported = export("--format=focus", "--to=2026-11-24");

        assertThat(row(exported, "apify/usd+reported"))
                .containsEntry("BilledCost", "0.123457")
                .containsEntry("ListCost", "0.123457")
                .containsEntry("ListUnitPrice", "1")
                .containsEntry("PricingQuantity", "0.123457")
                .containsEntry("PricingUnit", "US Dollars")
                .containsEntry("SkuMeter", "Reported Cost")
                .containsEntry("Tags", "{\"category\":\"tiktok\"}")
                .containsEntry("x_CostBasis", "Reported");
        assertThat(row(exported, "apify/compute_units+reported"))
                .containsEntry("BilledCost", "0")
                .containsEntry("ListUnitPrice", "0")
                .containsEntry("ConsumedQuantity", "3")
                .containsEntry("ConsumedUnit", "Compute Units")
                .containsEntry("x_CostBasis", "Included");
        assertThat(row(exported, "apify/compute_units"))
                .containsEntry("BilledCost", "0.5")
                .containsEntry("ChargeDescription", "Compute Units: USD 0.2 each")
                .containsEntry("SkuPriceDetails", "")
                .containsEntry("ServiceCategory", "Other");
    }

    @Test
    void costsAddUpToTheMoneyOfTheViews() throws Exception {
        JsonNode used = recordAll().path("used");

        var sums = new HashMap<String, BigDecimal>();
        for (Map<String, String> row : rows(export("--format=focus", "--to=2026-11-24"))) {
            sums.merge(
                    requireNonNull(row.get("ProviderName")),
                    new BigDecimal(requireNonNull(row.get("BilledCost"))),
                    BigDecimal::add);
        }

        assertThat(sums.keySet()).containsExactlyInAnyOrder("anthropic", "apify", "acme");
        sums.forEach((provider, sum) -> assertThat(sum.setScale(6, RoundingMode.HALF_EVEN))
                .as(provider)
                .isPositive()
                .isEqualByComparingTo(
                        used.path(provider).path("monthly").path("usd").decimalValue()));
    }

    @Test
    void daysAreThoseOfTheProvidersZoneAndBothEndsAreIncluded() throws Exception {
        recordAll();

        assertThat(rows(export("--format=focus", "--from=2026-11-01", "--to=2026-11-17")))
                .extracting(row -> row.get("ChargePeriodStart"))
                .containsExactly(
                        "2026-11-01T04:00:00Z", "2026-11-01T04:00:00Z", "2026-11-01T04:00:00Z", "2026-11-16T23:00:00Z");
        assertThat(rows(export("--format=focus", "--from=2026-10-25", "--to=2026-10-25")))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("BilledCost", "0.0000002")
                        .containsEntry("BillingPeriodStart", "2026-10-16T22:00:00Z")
                        .containsEntry("BillingPeriodEnd", "2026-11-16T23:00:00Z")
                        .containsEntry("ChargePeriodStart", "2026-10-24T22:00:00Z")
                        .containsEntry("ChargePeriodEnd", "2026-10-25T23:00:00Z"));
        assertThat(rows(export("--format=focus", "--from=2026-11-18", "--to=2026-11-19")))
                .isEmpty();
    }

    @Test
    void monthSoFarIsTheDefault() throws Exception {
        Instant now = Instant.now();
        String event = "{\"provider\": \"acme\", \"usage\": {\"pages\": 4}, \"at\": \"%s\"}";
        record(now, List.of(event.formatted(now), event.formatted(now.minus(Duration.ofDays(32)))));

        assertThat(rows(export("--format=focus")))
                .extracting(row -> row.get("SkuId"))
                .containsExactlyInAnyOrder("acme/pages", "acme/requests");
    }

    @Test
    void textThatASpreadsheetWouldEvaluateIsDefused() throws Exception {
        recordAll();

        assertThat(rows(export("--format=focus", "--to=2026-11-24")))
                .extracting(row -> row.get("ServiceName"))
                .contains("'=HYPERLINK(0)")
                .doesNotContain("=HYPERLINK(0)");
    }

    @Test
    void providerThatIsNotConfiguredIsLeftOutWithAWarning() throws Exception {
        recordAll();
        Files.writeString(config, "providers: {apify: {resources: [compute_units]}}");

        CommandResult exported = export("--format=focus", "--from=2026-11-01", "--to=2026-11-30");

        assertThat(exported.status()).isEqualTo(ExitStatus.OK);
        assertThat(rows(exported)).extracting(row -> row.get("ProviderName")).containsOnly("apify");
        assertThat(exported.err())
                .contains("warning: left out, since it is not in the configuration: acme\n")
                .contains("warning: left out, since it is not in the configuration: anthropic\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--format=xml | Invalid value for option '--format': expected one of [ndjson, csv, focus]",
                "--format=focus --from=2026-11-02 --to=2026-11-01 | --from must not be later than --to",
                "--format=focus --from=yesterday | Invalid value for option '--from'",
                "--format=focus | there is no ledger at "
            })
    void wrongFlagOrMissingLedgerIsAUsageErrorThatSaysWhatIsAllowed(String flags, String message) {
        CommandResult result = export(flags.split(" "));

        assertThat(result.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(message).hasLineCount(1);
    }
}
