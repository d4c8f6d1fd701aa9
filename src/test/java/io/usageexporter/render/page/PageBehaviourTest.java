package io.usageexporter.render.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.TestExporter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WebElement;

/** How the page is served, and how it updates while it is open. */
class PageBehaviourTest extends PageTestBase {
    @Test
    void refreshUpdatesNumbersInPlaceWithoutScrolling() throws Exception {
        Map<String, Object> script =
                browser().driver().executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", """
                        window.setInterval = (callback, ms) => { window.tick = callback; window.every = ms; };"""));
        // Details are collapsed where there are many cards.
        TestExporter exporter = startWith("providers: {anthropic: {limits: {daily: {requests: 1000, tokens: 1000000},"
                + " monthly: {requests: 30000, tokens: 30000000}}},"
                + " apify: {limits: {daily: {compute_units: 100}, monthly: {compute_units: 3000}}}"
                + IntStream.range(0, 5)
                        .mapToObj(i -> ", p" + i + ": {resources: [calls]}")
                        .collect(Collectors.joining())
                + "}");
        exporter.record(IntStream.range(0, 30)
                .mapToObj(i -> "{\"provider\":\"apify\",\"category\":\"platform " + i
                        + "\",\"usage\":{\"compute_units\":" + (i == 0 ? 2 : 1) + "}}")
                .collect(Collectors.joining(",", "[", "]")));
        browser().show(600, 500, "light");
        browser().open(exporter.http(), "/usage");
        browser().driver().executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", script);
        assertThat(browser().run("return window.every")).isEqualTo(15_000L);
        browser().run("""
                window.marker = 1;
                document.querySelector('#provider-apify details').open = true;
                document.querySelector('#provider-apify summary').focus();
                document.querySelector('#provider-apify summary').scrollIntoView({block: 'center'});
                return 1;""");
        double place = place();
        double scrolled = scrolled();

        exporter.record("{\"provider\":\"apify\",\"category\":\"platform 0\",\"usage\":{\"compute_units\":59}}");
        browser().driver().executeAsyncScript("window.tick().then(arguments[0])");
        browser().driver().executeAsyncScript("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))");

        WebElement row = find(row("apify", "daily", "compute_units"));
        assertThat(row.getText()).contains("90%", "Critical", "10 left");
        assertThat(find(".headline h2 .sign").getDomAttribute("class")).isEqualTo("sign critical");
        // The browser scrolls by integer pixels, while line heights are fractional.
        assertThat(place()).isCloseTo(place, Offset.strictOffset(1.0));
        assertThat(scrolled()).as("the headline has one more line").isGreaterThan(scrolled);
        assertThat(browser().run("return window.marker")).isEqualTo(1L);
        assertThat(browser().run("return document.querySelector('#provider-apify details').open"))
                .isEqualTo(true);
        assertThat(browser().run("return document.activeElement.nodeName")).isEqualTo("SUMMARY");

        stop();
        browser().driver().executeAsyncScript("window.tick().then(arguments[0])");
        assertThat(find("#updated").getText()).startsWith("The exporter is not responding. As of 15:12:00");
        assertThat(find("main").getCssValue("filter")).isEqualTo("grayscale(1)");
    }

    /** The position of the focused element in the window, in pixels, whatever has grown above it. */
    private static double place() {
        return number("document.querySelector('#provider-apify summary').getBoundingClientRect().top");
    }

    private static double scrolled() {
        return number("window.scrollY");
    }

    @Test
    void isReadableWithoutScripts() throws Exception {
        TestExporter exporter = start(null);
        exporter.record(Events.RECOMMENDATION);
        browser().driver().executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", true));
        try {
            browser().open(exporter.http(), "/usage");
            assertThat(find(row("anthropic", "daily", "tokens")).getText()).contains("997,000 left", "0.3% Good");
        } finally {
            browser().driver().executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", false));
        }
    }

    @Test
    void allResourcesAreLocalAndNoneIsInline() throws Exception {
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

    @Test
    void servesHtmlOnlyToClientsThatAcceptIt() throws Exception {
        TestExporter exporter = start(null);
        Map<String, String> types = Map.of(
                "text/html", "text/html",
                "text/html,application/xhtml+xml,*/*;q=0.8", "text/html",
                "*/*", "text/plain",
                "text/plain", "text/plain",
                "text/*", "text/plain",
                "text/html;q=0, */*", "text/plain",
                "application/json", "text/plain");
        types.forEach((accept, type) -> {
            HttpResponse<String> response = exporter.http().get("/usage", "Accept", accept);
            assertThat(response.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT))
                    .as(accept)
                    .startsWith(type);
        });
    }

    @Test
    void refreshPausesWhileThePageIsHidden() throws Exception {
        TestExporter exporter = start(null);
        browser().open(exporter.http(), "/usage");
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> browser().run("return document.readyState").equals("complete"));
        browser().run("""
                window.requests = 0;
                window.fetch = () => { window.requests++; return Promise.reject(new Error('no')); };
                Object.defineProperty(document, 'hidden', {get: () => window.isHidden});
                window.isHidden = true;
                document.dispatchEvent(new Event('visibilitychange'));
                return 1;""");
        assertThat(browser().run("return window.requests")).isEqualTo(0L);
        browser().run("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange')); return 1;");
        assertThat(browser().run("return window.requests")).isEqualTo(1L);
    }
}
