package io.usageexporter.render.page;

import io.usageexporter.testing.Browser;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Takes the screenshots of the documentation: {@code mvn -q -Pscreenshots -DskipTests verify}. */
public final class Screenshots {
    private static final String NOW = "2026-11-24T15:12:00Z";

    private Screenshots() {}

    /**
     * Takes the screenshots.
     *
     * @param arguments the folder to write to
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        Path ledger = Files.createTempDirectory("screenshots").resolve("usage.db");
        try (var exporter = new TestExporter(ledger, null, new SettableClock(NOW));
                var browser = new Browser()) {
            exporter.playDemo(NOW);
            browser.show(1280, 800, "light");
            browser.open(exporter.http(), "/usage");
            browser.picture(folder.resolve("usage-light.png"), true);
            browser.show(1280, 800, "dark");
            browser.picture(folder.resolve("usage-dark.png"), true);
            browser.show(390, 844, "light");
            browser.picture(folder.resolve("usage-telephone.png"), false);
        }
    }
}
