package io.usageexporter.render.page;

import io.usageexporter.testing.Browser;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the screenshots of the documentation: {@code mvn -q -Pscreenshots -DskipTests verify}. */
public final class Screenshots {
    private static final String NOW = "2026-11-24T15:12:00Z";

    /** Every window, money, and consumers with limits of their own. */
    private static final String CONFIG = """
            providers:
              anthropic:
                limits:
                  hourly:  {requests: 100, tokens: 100000, usd: 0.5}
                  daily:   {requests: 1000, tokens: 1000000, usd: 5}
                  weekly:  {requests: 8000, tokens: 5000000, usd: 25}
                  monthly: {requests: 30000, tokens: 30000000, usd: 80}
                  session: {requests: 400, tokens: 200000, usd: 2}
              apify:
                limits:
                  daily:   {compute_units: 100}
                  monthly: {compute_units: 3000, usd: 400}
            consumers:
              growth: {limits: {anthropic: {monthly: {usd: 50}, daily: {tokens: 500000}}}}
              support: {limits: {anthropic: {monthly: {usd: 50}}}}
            """;

    private final Path folder;
    private final Browser browser;

    private Screenshots(Path folder, Browser browser) {
        this.folder = folder;
        this.browser = browser;
    }

    /**
     * Takes the screenshots.
     *
     * @param arguments the folder to write to
     */
    public static void main(String[] arguments) throws Exception {
        Path temporary = Files.createTempDirectory("screenshots");
        try (var browser = new Browser()) {
            var screenshots = new Screenshots(Files.createDirectories(Path.of(arguments[0])), browser);
            try (TestExporter exporter = demo(temporary.resolve("usage.db"), null)) {
                screenshots.take(exporter, "/usage", 1280, "light", "usage-light.png");
                screenshots.take(exporter, "/usage", 390, "light", "usage-telephone.png");
            }
            Path config = Files.writeString(temporary.resolve("usage.yml"), CONFIG);
            try (TestExporter exporter = demo(temporary.resolve("windows.db"), config)) {
                screenshots.take(exporter, "/usage?by=consumer", 1280, "dark", "usage-dark.png");
            }
        }
    }

    private static TestExporter demo(Path ledger, @Nullable Path config) throws Exception {
        var exporter = new TestExporter(ledger, config, new SettableClock(NOW));
        exporter.playDemo(NOW);
        return exporter;
    }

    /** Of the entire page, or on a phone of what its screen shows. */
    private void take(TestExporter exporter, String path, int width, String scheme, String name) throws Exception {
        browser.show(width, 844, scheme);
        browser.open(exporter.http(), path);
        Path picture = folder.resolve(name);
        browser.picture(picture, width > 390);
        String pngquant = RequiredTool.require("pngquant", "pngquant"); // a third of the size
        ProcessRunner.Result result =
                ProcessRunner.run(folder, "", List.of(pngquant, "--force", "--strip", "--output", name, name));
        if (result.status() != 0) {
            throw new IllegalStateException(result.err());
        }
    }
}
