package io.usageexporter.render.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The content of the page. */
class PageContentTest extends PageTestBase {
    /** The emojis of the text format; the page draws icons instead. */
    private static final Map<String, String> EMOJIS = Map.of("good", "🟢", "warning", "🟡", "critical", "🔴");

    @Test
    void showsTheFiguresOfTheApi() throws Exception {
        TestExporter exporter = start(null);
        exporter.playDemo(NOW);
        browser().open(exporter.http(), "/usage");
        JsonNode usage = exporter.usage();
        String text = exporter.text();

        assertThat(rows(usage)).hasSize(6).allSatisfy(key -> {
            String[] part = key.split(" ");
            String pointer = "/" + String.join("/", part);
            WebElement row = find(row(part[0], part[1], part[2]));
            assertThat(row.getDomAttribute("data-status"))
                    .isEqualTo(usage.at("/status" + pointer).asText());
            assertThat(numbers(row.findElement(By.className("numbers")).getText()))
                    .containsExactly(
                            usage.at("/remaining" + pointer).decimalValue(),
                            usage.at("/used" + pointer).decimalValue(),
                            usage.at("/limits" + pointer).decimalValue());
            assertThat(text)
                    .contains("(" + row.findElement(By.tagName("b")).getText() + ") "
                            + EMOJIS.get(row.getDomAttribute("data-status")));
            String outlook = row.findElement(By.className("outlook")).getText();
            JsonNode exhausted = usage.at("/exhausted_at" + pointer);
            assertThat(outlook.contains("run out")).isEqualTo(exhausted.isTextual());
            if (exhausted.isTextual()) {
                assertThat(outlook).contains("at " + exhausted.asText().substring(11, 16) + " UTC");
                assertThat(text).contains(outlook.substring(1));
            }
        });
        assertThat(find(".headline").getText())
                .startsWith("6 quotas: 1 critical, 1 in warning, 4 good; 1 will run out")
                .contains("Apify Scraping, compute units today");
        assertThat(find(".headline li").getText()).contains("left", "% used", "will run out in");
        assertThat(find("#provider-apify .block h3").getText())
                .isEqualTo("Today resets in 8 h 48 min (Wed 25 Nov, 00:00 UTC)");
        for (String platform : List.of("instagram", "tiktok")) {
            assertThat(cells("#provider-apify", platform))
                    .hasSize(5) // its share, compute units and money
                    .startsWith(share(usage, platform))
                    .containsSubsequence(
                            usage.at("/breakdown/apify/daily/" + platform + "/compute_units")
                                    .decimalValue(),
                            usage.at("/breakdown/apify/monthly/" + platform + "/compute_units")
                                    .decimalValue());
        }
    }

    /** The share of this month's money, in percent. */
    private static BigDecimal share(JsonNode usage, String platform) {
        return usage.at("/breakdown/apify/monthly/" + platform + "/usd")
                .decimalValue()
                .movePointRight(2)
                .divide(usage.at("/used/apify/monthly/usd").decimalValue(), 1, RoundingMode.HALF_UP);
    }

    private static List<String> rows(JsonNode usage) {
        var rows = new ArrayList<String>();
        usage.get("limits")
                .properties()
                .forEach(provider -> provider.getValue()
                        .properties()
                        .forEach(window -> window.getValue()
                                .fieldNames()
                                .forEachRemaining(resource ->
                                        rows.add(provider.getKey() + " " + window.getKey() + " " + resource))));
        return rows;
    }

    private static List<BigDecimal> numbers(String text) {
        return Pattern.compile("\\d[\\d,]*(?:\\.\\d+)?")
                .matcher(text)
                .results()
                .map(number -> new BigDecimal(number.group().replace(",", "")))
                .toList();
    }

    private static List<BigDecimal> cells(String card, String category) {
        return browser().driver().findElements(By.cssSelector(card + " tbody tr")).stream()
                .filter(line -> line.findElement(By.tagName("th")).getText().equals(category))
                .flatMap(line -> line.findElements(By.tagName("td")).stream())
                .map(cell -> numbers(cell.getText()).get(0))
                .toList();
    }

    @Test
    void chartShowsTheHistoryWithLimitAndThresholds() throws Exception {
        TestExporter exporter = start(null);
        exporter.playDemo(NOW);
        browser().open(exporter.http(), "/usage");
        JsonNode days = TestExporter.json(exporter.http()
                        .get("/api/usage/history?days=30&provider=apify&resource=compute_units")
                        .body())
                .at("/history/apify");

        List<WebElement> bars =
                browser().driver().findElements(By.cssSelector("#provider-apify .chart:first-child .plot g"));
        assertThat(bars).hasSize(30).hasSameSizeAs(days);
        double limit = number("#provider-apify .rule.limit", "y1");
        double axis = 150;
        for (int i = 0; i < 30; i++) {
            double height = bars.get(i).findElements(By.cssSelector("rect[class^=c]")).stream()
                    .mapToDouble(part -> Double.parseDouble(part.getDomAttribute("height")))
                    .sum();
            double used = days.get(i).at("/used/compute_units").asDouble();
            assertThat(height).as("day " + i).isCloseTo(used / 100 * (axis - limit), offset(0.2));
        }
        assertThat(number("#provider-apify .rule.critical", "y1")).isCloseTo(axis - 0.8 * (axis - limit), offset(0.1));
        assertThat(number("#provider-apify .rule.warning", "y1")).isCloseTo(axis - 0.5 * (axis - limit), offset(0.1));
        assertThat(find("#provider-apify .legend").getText()).contains("tiktok", "instagram");
    }

    private static double number(String css, String attribute) {
        return Double.parseDouble(find(css).getDomAttribute(attribute));
    }

    @ParameterizedTest(name = "{0} of 1000: {1} {2}")
    @CsvSource({
        "499, 49.9%, Good, 21 128 61", "500, 50%, Warning, 217 154 0",
        "800, 80%, Warning, 217 154 0", "801, 80.1%, Critical, 200 30 30"
    })
    void barAndLabelFollowTheStatus(String used, String percent, String word, String colour) throws Exception {
        TestExporter exporter = start(null);
        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":" + used + "}}");
        browser().open(exporter.http(), "/usage");

        WebElement row = find(row("anthropic", "daily", "requests"));
        assertThat(row.findElement(By.className("mark")).getText()).isEqualTo(percent + " " + word);
        assertThat(row.findElement(By.cssSelector(".mark .sign")).getDomAttribute("class"))
                .isEqualTo("sign " + word.toLowerCase(Locale.ROOT));
        assertThat(row.findElement(By.className("fill")).getCssValue("fill"))
                .isEqualTo("rgb(" + colour.replace(" ", ", ") + ")");
        assertThat(row.findElement(By.className("fill")).getDomAttribute("width"))
                .startsWith(percent.replace("%", ""));
    }

    @Test
    void incompleteFiguresAreGrey() throws Exception {
        Path config = Files.writeString(
                folder.resolve("usage.yml"), "providers: {anthropic: {limits: {daily: {requests: 10}}}}");
        TestExporter exporter = start(config);
        browser().open(exporter.http(), "/usage");
        assertUnknown();
        assertThat(find(".first").getText())
                .contains("curl http://127.0.0.1:" + exporter.http().port()
                        + "/api/usage -H 'Content-Type: application/json'");
        assertThat(find(row("anthropic", "daily", "requests")).getText())
                .contains("limit 10")
                .doesNotContain("0 /", "%");

        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":1}}");
        browser().open(exporter.http(), "/usage");
        assertThat(status()).isEqualTo("good");
        assertThat(browser().driver().findElements(By.className("first"))).isEmpty();

        clock.advance(Duration.ofHours(25));
        browser().open(exporter.http(), "/usage");
        assertUnknown();
        assertThat(find(".card > p.unknown").getText()).startsWith("The last event was 1 d 1 h ago.");

        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":1}}");
        Files.writeString(config, "providers: nonsense");
        exporter.http().send("POST", "/-/reload");
        browser().open(exporter.http(), "/usage");
        assertUnknown();
        assertThat(find(".notice").getText()).contains("The configuration file could not be read");

        Files.writeString(config, "providers: {anthropic: {limits: {daily: {requests: 10}}}}");
        exporter.http().send("POST", "/-/reload");
        browser().open(exporter.http(), "/usage");
        assertThat(status()).isEqualTo("good");
        Files.move(folder.resolve("usage.db"), folder.resolve("elsewhere.db"));
        assertThat(exporter.http().get("/-/ready").statusCode()).isEqualTo(503);
        browser().open(exporter.http(), "/usage");
        assertUnknown();
        assertThat(find(".notice").getText()).contains("The ledger cannot be written");
        Files.move(folder.resolve("elsewhere.db"), folder.resolve("usage.db"));
    }

    private static @Nullable String status() {
        return find(row("anthropic", "daily", "requests")).getDomAttribute("data-status");
    }

    private static void assertUnknown() {
        assertThat(status()).isEqualTo("unknown");
        assertThat(find(row("anthropic", "daily", "requests") + " .mark").getText())
                .endsWith("Unknown");
        assertThat(find(row("anthropic", "daily", "requests") + " .fill").getCssValue("fill"))
                .isEqualTo("rgb(138, 148, 163)");
        assertThat(find(".headline h2 .sign").getDomAttribute("class")).isEqualTo("sign unknown");
    }

    @Test
    void warningAndCriticalRemainWhenFiguresAreIncomplete() throws Exception {
        TestExporter exporter = start(null);
        exporter.record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":2900}}");
        clock.advance(Duration.ofDays(2));
        browser().open(exporter.http(), "/usage");

        assertThat(find(row("apify", "monthly", "compute_units")).getDomAttribute("data-status"))
                .isEqualTo("critical");
        assertThat(find(row("apify", "daily", "compute_units")).getDomAttribute("data-status"))
                .isEqualTo("unknown");
    }
}
