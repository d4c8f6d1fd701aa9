package io.usageexporter.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A real headless Chromium. */
public final class Browser implements AutoCloseable {
    private final ChromeDriver driver;

    /**
     * Starts Debian's browser, whatever other browsers and drivers are installed.
     *
     * @param arguments further ones
     */
    public Browser(String... arguments) {
        var options = new ChromeOptions();
        options.setBinary(find("chromium"));
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
        options.addArguments(arguments);
        options.setCapability("goog:loggingPrefs", Map.of("browser", "ALL"));
        var service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(find("chromedriver")))
                .build();
        driver = new ChromeDriver(service, options);
    }

    /** The browser that all tests of this process share. It is started by the first one and closed with the process. */
    public static Browser shared() {
        return Shared.BROWSER;
    }

    private static final class Shared {
        static final Browser BROWSER = new Browser();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(BROWSER::close));
        }
    }

    /** Skips or fails the test where there is no browser. */
    public static void require() {
        RequiredTool.require("chromium", "chromium");
        RequiredTool.require("chromedriver", "chromium-driver");
    }

    private static String find(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow()
                .toString();
    }

    public ChromeDriver driver() {
        return driver;
    }

    /**
     * Changes size and colour scheme of the window.
     *
     * @param scheme {@code light} or {@code dark}
     */
    public void show(int width, int height, String scheme) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Opens a page. */
    public void open(Http http, String path) {
        driver.get(http.uri(path).toString());
    }

    /** Runs a script, which must return a value. */
    public Object run(String script, Object... arguments) {
        return Objects.requireNonNull(driver.executeScript(script, arguments));
    }

    /** Takes a screenshot of the entire page, or of the part in the window. */
    public void picture(Path file, boolean entirePage) throws IOException {
        Map<String, Object> response = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", entirePage));
        Files.write(file, Base64.getDecoder().decode(String.valueOf(response.get("data"))));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
