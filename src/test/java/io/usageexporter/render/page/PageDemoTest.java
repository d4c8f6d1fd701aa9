package io.usageexporter.render.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The page of a month of the demo's usage. */
class PageDemoTest extends PageTestBase {
    /** The emojis of the text format; the page draws icons instead. */
    private static final Map<String, String> EMOJIS = Map.of("good", "🟢", "warning", "🟡", "critical", "🔴");

    @Nullable
    private static TestExporter played;

    @BeforeAll
    static void playDemo(@TempDir Path folder) throws Exception {
        played = new TestExporter(folder.resolve("usage.db"), null, new SettableClock(NOW));
        played.playDemo(NOW);
    }

    @AfterAll
    static void stopDemo() throws Exception {
        exporter().close();
    }

    private static TestExporter exporter() {
        return Objects.requireNonNull(played);
    }

    @BeforeEach
    void open() {
        browser().show(1280, 800, "light");
        browser().open(exporter().http(), "/usage");
    }

    @Test
    void showsTheFiguresOfTheApi() throws Exception {
        JsonNode usage = exporter().usage();
        String text = exporter().text();

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
        JsonNode days = TestExporter.json(exporter()
                        .http()
                        .get("/api/usage/history?days=30&provider=apify&resource=compute_units")
                        .body())
                .at("/history/apify");

        @SuppressWarnings("unchecked")
        List<Number> heights = (List<Number>) browser().run("""
                return [...document.querySelectorAll('#provider-apify .chart:first-child .plot g')].map(bar =>
                    [...bar.querySelectorAll('rect[class^=c]')]
                        .reduce((sum, part) => sum + Number(part.getAttribute('height')), 0));""");
        assertThat(heights).hasSize(30).hasSameSizeAs(days);
        double limit = attribute("#provider-apify .rule.limit", "y1");
        double axis = 150;
        for (int i = 0; i < 30; i++) {
            double used = days.get(i).at("/used/compute_units").asDouble();
            assertThat(heights.get(i).doubleValue()).as("day " + i).isCloseTo(used / 100 * (axis - limit), offset(0.2));
        }
        assertThat(attribute("#provider-apify .rule.critical", "y1"))
                .isCloseTo(axis - 0.8 * (axis - limit), offset(0.1));
        assertThat(attribute("#provider-apify .rule.warning", "y1"))
                .isCloseTo(axis - 0.5 * (axis - limit), offset(0.1));
        assertThat(find("#provider-apify .legend").getText()).contains("tiktok", "instagram");
    }

    private static double attribute(String css, String attribute) {
        return Double.parseDouble(find(css).getDomAttribute(attribute));
    }

    @Test
    void isAccessible() {
        assertAccessibleInLightAndDark();
    }
}
