package io.usageexporter.render.page;

import io.usageexporter.testing.Browser;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Path;
import java.util.Objects;
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

    @Nullable
    private static Browser openBrowser;

    @TempDir
    Path folder;

    final SettableClock clock = new SettableClock(NOW);

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
            running = null;
        }
    }

    static Browser browser() {
        return Objects.requireNonNull(openBrowser);
    }

    TestExporter start(@Nullable Path config) throws Exception {
        running = new TestExporter(folder.resolve("usage.db"), config, clock);
        browser().show(1280, 800, "light");
        return running;
    }

    static WebElement find(String css) {
        return browser().driver().findElement(By.cssSelector(css));
    }

    /** The selector of the row of one resource in one window. */
    static String row(String provider, String window, String resource) {
        return "#provider-" + provider + "-" + window + "-" + resource;
    }
}
