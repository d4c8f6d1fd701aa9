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

/** Anthropic's client for Java sends and receives the same through the gateway as directly. */
class JavaClientTest {
    @TempDir
    Path folder;

    @Test
    void behavesTheSameThroughTheGateway() throws Exception {
        try (var direct = new FakeProvider();
                var upstream = new FakeProvider();
                var exporter = new TestExporter(
                        folder.resolve("usage.db"),
                        GatewayConfig.write(folder, upstream.url()),
                        new SettableClock("2026-11-24T09:15:30Z"))) {
            AnthropicScenarios.register(direct);
            AnthropicScenarios.register(upstream);

            Map<String, List<String>> without = new JavaClient(direct.url()).run();
            Map<String, List<String>> with =
                    new JavaClient(exporter.http().uri("/gateway/anthropic").toString()).run();

            assertThat(with.remove(AnthropicScenarios.WRONG_BASE_URL))
                    .asString()
                    .contains("must not end in /v1");
            without.remove(AnthropicScenarios.WRONG_BASE_URL);
            assertThat(with).containsExactlyEntriesOf(without);
            WireComparison.assertSameRequests(upstream, direct, AnthropicScenarios::isForwarded);
        }
    }
}
