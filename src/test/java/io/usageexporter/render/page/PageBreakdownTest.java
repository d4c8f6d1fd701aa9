package io.usageexporter.render.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.TestExporter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Who uses it: usage by category, consumer and model. */
class PageBreakdownTest extends PageTestBase {
    private static final String CONFIG = """
            providers:
              anthropic: {limits: {daily: {tokens: 1000}}, resources: [requests]}
              apify: {limits: {daily: {compute_units: 100}}}
            consumers:
              growth: {display_name: Growth, limits: {anthropic: {daily: {tokens: 400}, monthly: {requests: 1000}}}}
              idle: {limits: {anthropic: {daily: {tokens: 10}}}}
            """;

    private static String event(String provider, String names, String usage) {
        return "{\"provider\":\"" + provider + "\"," + names + "\"usage\":{" + usage + "}}";
    }

    private static String consumer(String name, int tokens) {
        return event(
                "anthropic",
                "\"consumer\":\"" + name + "\",\"model\":\"m-" + name + "\",",
                "\"requests\":1,\"tokens\":" + tokens);
    }

    private TestExporter startWith(String config, String... events) throws Exception {
        TestExporter exporter = startWith(config);
        assertThat(exporter.record("[" + String.join(",", events) + "]").statusCode())
                .isEqualTo(200);
        return exporter;
    }

    /** An exporter whose tokens are used by growth, by search, and by no consumer. */
    private TestExporter startWithThree() throws Exception {
        return startWith(
                CONFIG,
                consumer("growth", 350),
                consumer("search", 100),
                event("anthropic", "\"category\":\"chat\",", "\"requests\":1,\"tokens\":50"),
                event("apify", "\"category\":\"tiktok\",", "\"compute_units\":2"));
    }

    private static List<String> rows(String provider) {
        return lines("#provider-" + provider + "-by tbody tr:not(.quotas)");
    }

    /** The texts of elements, each in one line. */
    private static List<String> lines(String css) {
        return texts(css).stream().map(text -> text.replaceAll("\\s+", " ")).toList();
    }

    private static List<String> tabs(String provider) {
        return texts("#provider-" + provider + "-by .by a");
    }

    private static WebElement tab(String provider, String name) {
        return browser()
                .driver()
                .findElement(By.cssSelector("#provider-" + provider + "-by .by"))
                .findElement(By.linkText(name));
    }

    private static void await(String script) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> browser().run("return " + script).equals(true));
    }

    @Test
    void tableOfConsumersHasUsageShareAndOwnQuotasWithStatus() throws Exception {
        TestExporter exporter = startWithThree();
        browser().open(exporter.http(), "/usage?by=consumer");

        assertThat(texts("#provider-anthropic-by thead th"))
                .containsExactly(
                        "Consumer",
                        "Share of tokens",
                        "Requests",
                        "Tokens",
                        "today",
                        "this month",
                        "today",
                        "this month");
        assertThat(rows("anthropic"))
                .containsExactly(
                        "Growth 70% 1 1 350 350",
                        "search 20% 1 1 100 100", "idle 0% 0 0 0 0", "no consumer 10% 1 1 50 50");
        assertThat(texts("#provider-anthropic-by tr:has(+ .quotas) th")).containsExactly("Growth", "idle");
        assertThat(lines("#provider-anthropic-by .quotas p"))
                .containsExactly(
                        "Own quota, Critical: 87.5% of 400 tokens today",
                        "Own quota, Good: 0.1% of 1000 requests this month", "Own quota, Good: 0% of 10 tokens today");
        assertThat(texts("#provider-anthropic .legend li"))
                .containsExactly("Growth", "search", "all others", "before the first event");
        JsonNode quota = exporter.usage().at("/consumer_quotas/anthropic/daily/growth/tokens");
        assertThat(quota.get("percent").asText() + quota.get("status").asText()).isEqualTo("87.5critical");
    }

    @Test
    void modelsAndCategoriesDivideTheSameUsage() throws Exception {
        TestExporter exporter = startWithThree();
        browser().open(exporter.http(), "/usage?by=model");
        assertThat(rows("anthropic"))
                .containsExactly("m-growth 70% 1 1 350 350", "m-search 20% 1 1 100 100", "no model 10% 1 1 50 50");

        browser().open(exporter.http(), "/usage");
        assertThat(rows("anthropic"))
                .containsExactly("uncategorized 90% 2 2 450 450", "chat 10% 1 1 50 50", "recommendations 0% 0 0 0 0");
    }

    @Test
    void providerIsDividedOnlyByWhatItsUsageNames() throws Exception {
        TestExporter exporter = startWithThree();
        browser().open(exporter.http(), "/usage?by=consumer");

        assertThat(tabs("anthropic")).containsExactly("Request type", "Consumer", "Model");
        assertThat(tabs("apify")).isEmpty();
        assertThat(rows("apify")).first().asString().startsWith("tiktok 100%");
    }

    @Test
    void linksWorkWithoutScripts() throws Exception {
        TestExporter exporter = startWithThree();
        browser().driver().executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", true));
        try {
            browser().open(exporter.http(), "/usage");
            tab("anthropic", "Consumer").click();
            assertThat(browser().driver().getCurrentUrl()).endsWith("/usage?by=consumer#provider-anthropic-by");
            assertThat(rows("anthropic")).first().asString().startsWith("Growth");
            assertThat(tab("anthropic", "Consumer").getDomAttribute("aria-current"))
                    .isEqualTo("true");
        } finally {
            browser().driver().executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", false));
        }
    }

    @Test
    void switchNeitherReloadsThePageNorLosesThePlace() throws Exception {
        TestExporter exporter = startWithThree();
        browser().show(600, 500, "light");
        browser().open(exporter.http(), "/usage");
        browser().run("window.marker = 1; document.querySelector('.by').scrollIntoView(); return 1;");
        Object scrolled = browser().run("return window.scrollY");

        tab("anthropic", "Consumer").click();
        await("document.querySelector('#provider-anthropic-by tbody th').innerText === 'Growth'");
        assertThat(browser().run("return window.marker")).isEqualTo(1L);
        assertThat(browser().run("return window.scrollY")).isEqualTo(scrolled);
        assertThat(browser().run("return document.activeElement.innerText")).isEqualTo("Consumer");
        assertThat(browser().run("return location.search")).isEqualTo("?by=consumer");

        browser().run("history.back(); return 1;");
        await("document.querySelector('#provider-anthropic-by tbody th').innerText === 'uncategorized'");
        assertThat(browser().run("return window.marker")).isEqualTo(1L);
    }

    @Test
    void longTableShowsTenRowsAndALinkToTheOthers() throws Exception {
        TestExporter exporter = startWith(
                CONFIG,
                IntStream.rangeClosed(1, 150)
                        .mapToObj(i -> consumer("c" + i, i))
                        .toArray(String[]::new));
        browser().open(exporter.http(), "/usage?by=consumer");
        browser().run("window.marker = 1; return 1;");

        assertThat(rows("anthropic")).hasSize(10).first().asString().startsWith("c150 1.3% ");
        find("#provider-anthropic-by .more a").click();
        await("document.querySelectorAll('#provider-anthropic-by tbody th').length === 152"); // with two configured
        assertThat(browser().run("return window.marker")).isEqualTo(1L);
        assertThat(find("#provider-anthropic-by .more").getText()).isEqualTo("only the first 10");
        find("#provider-anthropic-by .more a").click();
        await("document.querySelectorAll('#provider-anthropic-by tbody th').length === 10");
        assertThat(find("#provider-anthropic-by .more").getText()).isEqualTo("and 142 more");
    }

    @Test
    void headlineLeadsToConsumersWhoseOwnQuotasAreNotGood() throws Exception {
        TestExporter exporter = startWithThree();
        browser().open(exporter.http(), "/usage");
        assertThat(find(".headline .consumers").getText()).isEqualTo("Consumers' own quotas: 1 of 3 critical");
        assertThat(find(".headline h2").getText()).startsWith("2 quotas: ");

        find(".headline .consumers a").click();
        await("document.querySelector('#provider-anthropic-by tbody th').innerText === 'Growth'");

        clock.advance(Duration.ofDays(1));
        browser().open(exporter.http(), "/usage");
        assertThat(texts(".headline .consumers")).isEmpty();
    }

    @Test
    void unknownWayToDivideIsRejectedWith400() throws Exception {
        TestExporter exporter = startWithThree();
        assertThat(exporter.http().get("/usage?by=day", "Accept", "text/html"))
                .returns(400, response -> response.statusCode())
                .satisfies(response -> assertThat(response.body()).contains("by must be category, consumer or model"));
        assertThat(exporter.http()
                        .get("/usage?from=mail", "Accept", "text/html")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void consumersAreAccessibleWhateverTheirNames() throws Exception {
        String hostile = "</script><img src=x onerror=window.hacked=1> \u202E " + "W".repeat(40);
        String configured = IntStream.range(0, 3)
                .mapToObj(
                        i -> "  \"" + hostile + i + "\": {limits: {anthropic: {daily: {tokens: 1000, requests: 5}}}}\n")
                .collect(Collectors.joining());
        TestExporter exporter = startWith(CONFIG + configured, consumer(hostile + "0", 990), consumer("growth", 300));
        browser().open(exporter.http(), "/usage?by=consumer");

        assertThat(texts("#provider-anthropic-by tbody th").get(0)).startsWith("</script><img src=x");
        assertThat(browser().run("return typeof window.hacked")).isEqualTo("undefined");
        assertAccessibleInLightAndDark();
    }
}
