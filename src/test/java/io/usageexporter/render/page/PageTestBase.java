package io.usageexporter.render.page;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Browser;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** An exporter, and a real browser that opens its page. */
abstract class PageTestBase {
    static final String NOW = "2026-11-24T15:12:00Z";

    /** Run without its builder, which loads it and reads all that passed at each analysis. */
    private static final String AXE = read("/axe.min.js");

    @TempDir
    Path folder;

    final SettableClock clock = new SettableClock(NOW);

    @Nullable
    private TestExporter running;

    @BeforeAll
    static void requireBrowser() {
        Browser.require();
    }

    /** Otherwise the page would go on asking an exporter that is gone. */
    @AfterAll
    static void leavePage() {
        browser().driver().get("about:blank");
    }

    @AfterEach
    void stop() throws Exception {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    static Browser browser() {
        return Browser.shared();
    }

    TestExporter start(@Nullable Path config) throws Exception {
        running = new TestExporter(folder.resolve("usage.db"), config, clock);
        browser().show(1280, 800, "light");
        return running;
    }

    /** With a configuration in YAML. */
    TestExporter startWith(String config) throws Exception {
        return start(Files.writeString(folder.resolve("usage.yml"), config));
    }

    static List<String> texts(String css) {
        return browser().driver().findElements(By.cssSelector(css)).stream()
                .map(WebElement::getText)
                .toList();
    }

    static double number(String expression) {
        return ((Number) browser().run("return " + expression)).doubleValue();
    }

    /** In light and dark, on a screen and on a phone. */
    static void assertAccessibleInLightAndDark() {
        for (String scheme : List.of("light", "dark")) {
            for (int width : new int[] {1280, 360}) {
                browser().show(width, 800, scheme);
                assertAccessible("html");
                assertThat(browser().run("return getComputedStyle(document.body).backgroundColor"))
                        .isEqualTo(scheme.equals("light") ? "rgb(244, 246, 248)" : "rgb(16, 21, 28)");
                assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
            }
        }
    }

    /** Expects that parts of the page violate no rule of axe. */
    static void assertAccessible(String... parts) {
        if (browser().run("return typeof axe").equals("undefined")) {
            browser().driver().executeScript(AXE);
        }
        assertThat(browser().driver().executeAsyncScript("""
                        const [parts, done] = arguments;
                        axe.run({include: parts.map((part) => [part])}, {
                            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
                            resultTypes: ['violations'],
                        }).then(
                            ({violations}) => done(violations.map(({id, nodes}) => id + ': ' + nodes.map(({html}) => html))),
                            (error) => done([String(error)]));""", List.of(parts))).isEqualTo(List.of());
    }

    private static String read(String resource) {
        try (InputStream stream = requireNonNull(PageTestBase.class.getResourceAsStream(resource))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static WebElement find(String css) {
        return browser().driver().findElement(By.cssSelector(css));
    }

    /** The selector of the row of one resource in one window. */
    static String row(String provider, String window, String resource) {
        return "#provider-" + provider + "-" + window + "-" + resource;
    }
}
