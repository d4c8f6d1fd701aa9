package io.usageexporter.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Anthropic's client for Java sends and receives the same through the gateway as directly. */
class JavaClientTest {
    @RegisterExtension
    final ComparisonExtension comparison = new ComparisonExtension();

    @Test
    void behavesTheSameThroughTheGateway() {
        comparison.register(AnthropicScenarios::register);

        Map<String, List<String>> without = new JavaClient(comparison.direct().url()).run();
        Map<String, List<String>> with = new JavaClient(comparison.gateway("anthropic")).run();
        assertThat(with.remove(AnthropicScenarios.WRONG_BASE_URL)).asString().contains("must not end in /v1");
        without.remove(AnthropicScenarios.WRONG_BASE_URL);

        assertThat(with).containsExactlyEntriesOf(without);
        WireComparison.assertSameRequests(comparison.upstream(), comparison.direct(), AnthropicScenarios::isForwarded);
    }
}
