package io.usageexporter.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anthropic's client for Java gets through the gateway what it gets without it, and sends what it sends without it. */
class JavaClientTest {
    @TempDir
    Path folder;

    @Test
    void seesNoDifference() throws Exception {
        try (var direct = new FakeProvider();
                var behind = new FakeProvider();
                var exporter = new TestExporter(
                        folder.resolve("usage.db"),
                        GatewayConfig.write(folder, behind.url()),
                        new SettableClock("2026-11-24T09:15:30Z"))) {
            AnthropicScenarios.teach(direct);
            AnthropicScenarios.teach(behind);

            Map<String, List<String>> without = new JavaClient(direct.url()).play();
            Map<String, List<String>> with =
                    new JavaClient(exporter.http().uri("/gateway/anthropic").toString()).play();

            assertThat(with.remove(AnthropicScenarios.MISTAKE)).asString().contains("must not end in /v1");
            without.remove(AnthropicScenarios.MISTAKE);
            assertThat(with).containsExactlyEntriesOf(without);
            WireComparison.assertAskedAlike(behind, direct, AnthropicScenarios::isNoMistake);
        }
    }
}
