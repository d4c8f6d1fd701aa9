package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.usageexporter.testing.Browser;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;

/** What a page from another loopback origin tries in a real browser. */
class BrowserThreatsTest {
    private static final String CROSS_SITE = "usage_exporter_http_refused_total{reason=\"cross_site\"}";
    private static final String UNKNOWN_HOST = "usage_exporter_http_refused_total{reason=\"unknown_host\"}";
    private static final String RELOADED = "usage_exporter_config_last_reload_success_timestamp_seconds";

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private FakeProvider provider;
    private TestExporter exporter;
    private HttpServer hostile;

    @BeforeAll
    static void requireBrowser() {
        Browser.require();
    }

    @BeforeEach
    void start() throws Exception {
        provider = new FakeProvider();
        provider.on(exchange -> true, FakeResponse.json(200, "{}"));
        exporter = new TestExporter(folder.resolve("usage.db"), GatewayConfig.write(folder, provider.url()), clock);
        hostile = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hostile.createContext("/", exchange -> {
            byte[] page = "<!DOCTYPE html><title>hostile</title><body>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        hostile.start();
    }

    @AfterEach
    void stop() throws Exception {
        browser().driver().get("about:blank");
        hostile.stop(0);
        exporter.close();
        provider.close();
    }

    private static Browser browser() {
        return Browser.shared();
    }

    /** Opens the page: as {@code 127.0.0.1} it is of the same site as the exporter, as {@code localhost} of another. */
    private void openHostile(String host) {
        browser().driver().get("http://" + host + ":" + hostile.getAddress().getPort() + "/");
        assertThat(browser().driver().getTitle()).isEqualTo("hostile");
    }

    private Object script(String body, Object... arguments) {
        return Objects.requireNonNull(browser().driver().executeAsyncScript(body, arguments));
    }

    private String url(String path) {
        return exporter.http().uri(path).toString();
    }

    private void awaitRefused(int atLeast) {
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(exporter.metric(CROSS_SITE).intValue()).isGreaterThanOrEqualTo(atLeast));
    }

    private void assertNothingRecorded() {
        assertThat(exporter.usage().at("/used/anthropic/daily/requests").asInt())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    void simplePostsOfAnotherOriginRecordNothing(String host) {
        openHostile(host);
        for (Map<String, ?> request : List.of(
                Map.of("headers", Map.of("Content-Type", "text/plain")),
                Map.of("headers", Map.of("Content-Type", "application/x-www-form-urlencoded")),
                Map.of("headers", Map.of("Content-Type", "application/json")))) {
            script("""
                    const [url, body, request, done] = arguments;
                    fetch(url, {method: 'POST', mode: 'no-cors', body, ...request}).then(() => done('sent'), (e) => done(String(e)));
                    """, url("/api/usage"), Events.RECOMMENDATION, request);
        }
        script(
                "const [url, body, done] = arguments; navigator.sendBeacon(url, body); done('sent');",
                url("/api/usage"),
                Events.RECOMMENDATION);

        awaitRefused(4);
        assertNothingRecorded();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
    void formsOfAnotherOriginRecordNothing(String type) {
        openHostile("localhost");
        submit("/api/usage", type, Events.RECOMMENDATION);

        awaitRefused(1);
        assertThat(browser().driver().getPageSource()).contains("a web page of another site sent this request");
        assertNothingRecorded();
    }

    @Test
    void formOfAnotherOriginDoesNotReload() {
        double before = exporter.metric(RELOADED).doubleValue();
        clock.advance(Duration.ofHours(1));
        openHostile("127.0.0.1");
        submit("/-/reload", "text/plain", "x");

        awaitRefused(1);
        assertThat(exporter.metric(RELOADED).doubleValue()).isEqualTo(before);
    }

    private void submit(String path, String type, String name) {
        browser().driver().executeScript("""
                const [action, enctype, name] = arguments;
                const form = Object.assign(document.createElement('form'), {action, enctype, method: 'POST'});
                form.append(Object.assign(document.createElement('input'), {name, value: ''}));
                document.body.append(form);
                form.submit();
                """, url(path), type, name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/usage", "/usage", "/metrics", "/api/usage/history"})
    void nothingIsReadByAnotherOrigin(String path) {
        openHostile("127.0.0.1");
        for (String element : List.of("img", "script", "iframe", "embed")) {
            script("""
                    const [url, name, done] = arguments;
                    const element = document.createElement(name);
                    element.onload = () => done(name + ' loaded');
                    element.onerror = () => done(name + ' failed');
                    element.src = url;
                    document.body.append(element);
                    """, url(path), element);
        }
        Object read = script("""
                const [url, done] = arguments;
                fetch(url).then((response) => response.text()).then(done, () => done('not read'));
                """, url(path));

        assertThat(read).isEqualTo("not read");
        awaitRefused(5);
    }

    @Test
    void pageShowsNothingInAFrame() {
        openHostile("127.0.0.1");
        script("""
                const [url, done] = arguments;
                const frame = document.createElement('iframe');
                frame.onload = () => done('loaded');
                frame.src = url;
                document.body.append(frame);
                """, url("/usage"));
        browser().driver().switchTo().frame(0);

        assertThat(browser().driver().getPageSource()).doesNotContain("Anthropic API");
        browser().driver().switchTo().defaultContent();
    }

    @Test
    void imageOfAnotherOriginMakesNoCallThroughTheGateway() {
        openHostile("localhost");
        script("""
                const [url, done] = arguments;
                const image = new Image();
                image.onload = image.onerror = () => done('ended');
                image.src = url;
                """, url("/gateway/anthropic/v1/models"));
        browser().driver().get(url("/-/healthy"));
        openHostile("localhost");
        browser().driver().executeScript("location = arguments[0]", url("/gateway/apify/v2/acts"));

        awaitRefused(2);
        assertThat(provider.exchanges()).isEmpty();
    }

    @Test
    void linkFromAnotherOriginOpensThePage() {
        openHostile("localhost");
        browser().driver().executeScript("""
                const [href] = arguments;
                document.body.append(Object.assign(document.createElement('a'), {href, textContent: 'link'}));
                """, url("/usage"));
        browser().driver().findElement(By.linkText("link")).click();

        assertThat(browser().driver().findElement(By.tagName("body")).getText()).contains("Anthropic API");
    }

    @Test
    void nameThatIsMadeToResolveToLoopbackReachesNothing() throws IOException {
        try (var log = new LogCapture();
                var rebound = new Browser("--host-resolver-rules=MAP rebound.example 127.0.0.1")) {
            String origin = "http://rebound.example:" + exporter.http().port();
            rebound.driver().get(origin + "/usage");
            assertThat(rebound.driver().getPageSource())
                    .contains("on loopback the Host header must be")
                    .doesNotContain("Anthropic API");
            rebound.driver().executeAsyncScript("""
                    const [url, body, done] = arguments;
                    fetch(url, {method: 'POST', body, headers: {'Content-Type': 'application/json'}}).then(done, done);
                    """, origin + "/api/usage?secret=1", Events.RECOMMENDATION);

            assertNothingRecorded();
            assertThat(exporter.metric(UNKNOWN_HOST).intValue()).isGreaterThanOrEqualTo(2);
            assertThat(log.warnings())
                    .containsExactly("WARNING refused a request on loopback for a host that is not the exporter's, from"
                            + " 127.0.0.1");
        }
    }
}
