package io.usageexporter.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.deque.html.axecore.selenium.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Browser;
import io.usageexporter.testing.DemoUse;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The page of {@code GET /usage} in a real browser. */
class PageTest {
    private static final String NOW = "2026-11-24T15:12:00Z";
    private static final String HOSTILE =
            "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>";

    /** Where in the window the reader sees something, whatever has grown above it. */
    private static final String PLACE =
            "return Math.round(document.querySelector('#provider-apify summary').getBoundingClientRect().top)";

    @Nullable
    private static Browser openBrowser;

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(NOW);

    @Nullable
    private TestExporter running;

    @BeforeAll
    static void startBrowser() {
        Browser.require();
        openBrowser = new Browser();
    }

    @AfterAll
    static void stopBrowser() {
        if (openBrowser != null) {
            openBrowser.close();
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (running != null) {
            running.close();
        }
    }

    private static Browser browser() {
        return Objects.requireNonNull(openBrowser);
    }

    private TestExporter start(@Nullable Path config) throws Exception {
        running = new TestExporter(folder.resolve("usage.db"), config, clock);
        browser().show(1280, 800, "light");
        return running;
    }

    private static WebElement find(String css) {
        return browser().driver().findElement(By.cssSelector(css));
    }

    private static String row(String provider, String window, String resource) {
        return "#provider-" + provider + "-" + window + "-" + resource;
    }

    @Test
    void saysWhatApiUsageSays() throws Exception {
        TestExporter exporter = start(null);
        DemoUse.record(exporter, Instant.parse(NOW));
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
                            + row.findElement(By.className("sign")).getText());
            String outlook = row.findElement(By.className("outlook")).getText();
            JsonNode exhausted = usage.at("/exhausted_at" + pointer);
            assertThat(outlook.contains("run out")).isEqualTo(exhausted.isTextual());
            if (exhausted.isTextual()) {
                assertThat(outlook).contains("at " + exhausted.asText().substring(11, 16) + " UTC");
                assertThat(text).contains(outlook.substring(1));
            }
        });
        assertThat(find(".headline").getText())
                .startsWith("🔴 6 quotas: 1 critical, 2 in warning, 3 good; 1 will run out")
                .contains("Apify Scraping, compute units today");
        assertThat(find(".headline li").getText()).contains("left", "% used", "will run out in");
        assertThat(find("#provider-apify .block h3").getText())
                .isEqualTo("Today resets in 8 h 48 min (Wed 25 Nov, 00:00 UTC)");
        for (String platform : List.of("instagram", "tiktok")) {
            assertThat(cells("#provider-apify", platform))
                    .containsExactly(
                            usage.at("/breakdown/apify/daily/" + platform + "/compute_units")
                                    .decimalValue(),
                            usage.at("/breakdown/apify/monthly/" + platform + "/compute_units")
                                    .decimalValue());
        }
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
    void drawsTheDaysOfTheHistoryWithTheLimitAndBothThresholds() throws Exception {
        TestExporter exporter = start(null);
        DemoUse.record(exporter, Instant.parse(NOW));
        browser().open(exporter.http(), "/usage");
        JsonNode days = TestExporter.json(exporter.http()
                        .get("/api/usage/history?days=30&provider=apify&resource=compute_units")
                        .body())
                .at("/history/apify");

        List<WebElement> bars = browser().driver().findElements(By.cssSelector("#provider-apify .plot g"));
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
    void theBarHasTheColourOfTheStatusAndTheWordBesideIt(String used, String percent, String word, String colour)
            throws Exception {
        TestExporter exporter = start(null);
        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":" + used + "}}");
        browser().open(exporter.http(), "/usage");

        WebElement row = find(row("anthropic", "daily", "requests"));
        assertThat(row.findElement(By.className("mark")).getText())
                .isEqualTo(percent + " "
                        + Map.of("Good", "🟢", "Warning", "🟡", "Critical", "🔴")
                                .get(word) + " " + word);
        assertThat(row.findElement(By.className("fill")).getCssValue("fill"))
                .isEqualTo("rgb(" + colour.replace(" ", ", ") + ")");
        assertThat(row.findElement(By.className("fill")).getDomAttribute("width"))
                .startsWith(percent.replace("%", ""));
    }

    @Test
    void whatIsNotKnownIsGrey() throws Exception {
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
    }

    private static @Nullable String status() {
        return find(row("anthropic", "daily", "requests")).getDomAttribute("data-status");
    }

    private static void assertUnknown() {
        assertThat(status()).isEqualTo("unknown");
        assertThat(find(row("anthropic", "daily", "requests") + " .mark").getText())
                .endsWith("⚪ Unknown");
        assertThat(find(row("anthropic", "daily", "requests") + " .fill").getCssValue("fill"))
                .isEqualTo("rgb(138, 148, 163)");
        assertThat(find(".headline .sign").getText()).isEqualTo("⚪");
    }

    @Test
    void yellowAndRedHoldWhateverWasMissed() throws Exception {
        TestExporter exporter = start(null);
        exporter.record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":2900}}");
        clock.advance(Duration.ofDays(2));
        browser().open(exporter.http(), "/usage");

        assertThat(find(row("apify", "monthly", "compute_units")).getDomAttribute("data-status"))
                .isEqualTo("critical");
        assertThat(find(row("apify", "daily", "compute_units")).getDomAttribute("data-status"))
                .isEqualTo("unknown");
    }

    @Test
    void freshNumbersComeWithoutReloadAndWithoutJumping() throws Exception {
        Map<String, Object> script =
                browser().driver().executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", """
                        window.setInterval = (callback, ms) => { window.tick = callback; window.every = ms; };"""));
        TestExporter exporter = start(null);
        exporter.record(IntStream.range(0, 30)
                .mapToObj(i -> "{\"provider\":\"apify\",\"category\":\"platform " + i
                        + "\",\"usage\":{\"compute_units\":" + (i == 0 ? 2 : 1) + "}}")
                .collect(Collectors.joining(",", "[", "]")));
        browser().show(600, 500, "light");
        browser().open(exporter.http(), "/usage");
        assertThat(browser().run("return window.every")).isEqualTo(15_000L);
        browser().run("""
                window.marker = 1;
                document.querySelector('#provider-apify details').open = true;
                document.querySelector('#provider-apify summary').focus();
                window.scrollTo(0, 700);
                return 1;""");
        Object before = browser().run(PLACE);

        exporter.record("{\"provider\":\"apify\",\"category\":\"platform 0\",\"usage\":{\"compute_units\":59}}");
        browser().driver().executeAsyncScript("window.tick().then(arguments[0])");

        WebElement row = find(row("apify", "daily", "compute_units"));
        assertThat(row.getText()).contains("90%", "Critical", "10 left");
        assertThat(find(".headline").getText()).startsWith("🔴");
        assertThat(browser().run(PLACE)).isEqualTo(before);
        assertThat((Long) browser().run("return Math.round(window.scrollY)")).isGreaterThanOrEqualTo(700);
        assertThat(browser().run("return window.marker")).isEqualTo(1L);
        assertThat(browser().run("return document.querySelector('#provider-apify details').open"))
                .isEqualTo(true);
        assertThat(browser().run("return document.activeElement.nodeName")).isEqualTo("SUMMARY");

        exporter.close();
        running = null;
        browser().driver().executeAsyncScript("window.tick().then(arguments[0])");
        assertThat(find("#updated").getText()).startsWith("The exporter does not answer. As of 15:12:00");
        assertThat(find("main").getCssValue("filter")).isEqualTo("grayscale(1)");
        browser().driver().executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", script);
    }

    @Test
    void isReadableWithoutScripts() throws Exception {
        TestExporter exporter = start(null);
        exporter.record(Events.RECOMMENDATION);
        browser().driver().executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", true));
        try {
            browser().open(exporter.http(), "/usage");
            assertThat(find(row("anthropic", "daily", "tokens")).getText()).contains("997,000 left", "0.3% 🟢 Good");
        } finally {
            browser().driver().executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", false));
        }
    }

    @Test
    void thirtyProvidersAndHostileNamesNeitherRunNorBreakTheLayout() throws Exception {
        String providers = IntStream.range(0, 30)
                .mapToObj(i -> "  p" + i + ": {display_name: '"
                        + (i == 0 ? HOSTILE : i == 1 ? "مزود الخدمة" : "Provider " + i)
                        + "', category_label: '" + (i == 0 ? "<b>Label</b>" : "Kind")
                        + "', limits: {daily: {requests: 10, tokens: 1000000000000}, monthly: {requests: 100}}}")
                .collect(Collectors.joining("\n", "providers:\n", "\n"));
        TestExporter exporter = start(Files.writeString(folder.resolve("usage.yml"), providers));
        List<String> names = List.of(
                HOSTILE, "W".repeat(100), "שלום עולם " + "א".repeat(80), "\u202Ereversed", "a & b \"quoted\" 'single'");
        var events = new ArrayList<String>();
        for (int i = 0; i < 30; i++) {
            for (String name : names) {
                events.add("{\"provider\":\"p" + i + "\",\"category\":\"" + name.replace("\"", "\\\"")
                        + "\",\"usage\":{\"requests\":" + (i % 3 + 1) + ",\"tokens\":123456789012}}");
            }
        }
        assertThat(exporter.record("[" + String.join(",", events) + "]").statusCode())
                .isEqualTo(200);

        for (int width : new int[] {360, 768, 1280, 3840}) {
            browser().show(width, 900, "light");
            browser().open(exporter.http(), "/usage");
            assertThat((Long) browser().run("return document.documentElement.scrollWidth"))
                    .as("at " + width)
                    .isLessThanOrEqualTo(width);
        }
        assertThat(browser().run("return typeof window.hacked")).isEqualTo("undefined");
        assertThat(browser().driver().findElements(By.cssSelector("main script, main img")))
                .isEmpty();
        assertThat(find("#provider-p0 h2").getText()).endsWith(HOSTILE);
        assertThat(browser().driver().findElements(By.cssSelector("#provider-p0 tbody th")).stream()
                        .map(WebElement::getText))
                .contains(HOSTILE, "W".repeat(100));
        assertThat(StreamSupport.stream(
                        browser().driver().manage().logs().get("browser").spliterator(), false))
                .noneMatch(entry -> entry.getMessage().contains("Content Security Policy"));
        assertAccessible(".headline", "#provider-p0", "#provider-p1");
    }

    @ParameterizedTest
    @CsvSource({"light, 1280", "dark, 1280", "light, 360", "dark, 360"})
    void isAccessibleInLightAndDark(String scheme, int width) throws Exception {
        TestExporter exporter = start(null);
        browser().show(width, 800, scheme);
        browser().open(exporter.http(), "/usage");
        assertAccessible("html");
        DemoUse.record(exporter, Instant.parse(NOW));
        browser().open(exporter.http(), "/usage");
        assertAccessible("html");
        assertThat(browser().run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(scheme.equals("light") ? "rgb(244, 246, 248)" : "rgb(16, 21, 28)");
        assertThat((Long) browser().run("return document.documentElement.scrollWidth"))
                .isLessThanOrEqualTo(width);
    }

    private static void assertAccessible(String... parts) {
        var axe = new AxeBuilder()
                .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"))
                .include(List.of(parts));
        assertThat(axe.analyze(browser().driver()).getViolations()).isEmpty();
    }

    @Test
    void everythingComesFromHereAndNothingIsInline() throws Exception {
        TestExporter exporter = start(null);
        exporter.record(Events.RECOMMENDATION);
        HttpResponse<String> page = exporter.http().get("/usage", "Accept", "text/html,*/*;q=0.8");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self'")
                .doesNotContain("unsafe", "*", "http");
        assertThat(page.headers().firstValue("Vary")).hasValue("Accept");
        assertThat(page.body()).doesNotContainPattern("(?i)<style|\\sstyle=|\\son[a-z]+=|<script>|javascript:");

        browser().open(exporter.http(), "/usage");
        @SuppressWarnings("unchecked")
        List<String> loaded = (List<String>)
                browser().run("return performance.getEntriesByType('resource').map(entry => entry.name)");
        assertThat(loaded)
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(url ->
                        url.startsWith("http://127.0.0.1:" + exporter.http().port() + "/usage/"));
        assertThat(exporter.http()
                        .get("/usage/page.css")
                        .headers()
                        .firstValue("Cache-Control")
                        .orElse(""))
                .contains("immutable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html                                          | text/html",
                "text/html,application/xhtml+xml,*/*;q=0.8          | text/html",
                "*/*                                                | text/plain",
                "text/plain                                         | text/plain",
                "text/*                                             | text/plain",
                "text/html;q=0, */*                                 | text/plain",
                "application/json                                   | text/plain"
            })
    void thePageIsForThoseWhoAskForHtml(String accept, String type) throws Exception {
        HttpResponse<String> answer = start(null).http().get("/usage", "Accept", accept);
        assertThat(answer.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT))
                .startsWith(type);
    }

    @Test
    void theRefreshWaitsWhileThePageIsHidden() throws Exception {
        TestExporter exporter = start(null);
        browser().open(exporter.http(), "/usage");
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> browser().run("return document.readyState").equals("complete"));
        browser().run("""
                window.asked = 0;
                window.fetch = () => { window.asked++; return Promise.reject(new Error('no')); };
                Object.defineProperty(document, 'hidden', {get: () => window.isHidden});
                window.isHidden = true;
                document.dispatchEvent(new Event('visibilitychange'));
                return 1;""");
        assertThat(browser().run("return window.asked")).isEqualTo(0L);
        browser().run("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange')); return 1;");
        assertThat(browser().run("return window.asked")).isEqualTo(1L);
    }
}
