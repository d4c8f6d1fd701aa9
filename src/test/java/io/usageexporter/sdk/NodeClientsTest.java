package io.usageexporter.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Objects;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The official clients for Node send and receive the same through the gateway as directly. */
class NodeClientsTest {
    /** Input, output and cache writes of the messages, the streams and the batch. */
    private static final int TOKENS =
            (57 + 2400 + 203) + (11 + 4) + (57 + 27) + (25 + 15) + (472 + 161) + (640 + 1) + (88 + 2) + (300 + 96);

    /** How much arrives before the reset depends on the network. */
    private static final String RESET = "js-streamreset";

    @RegisterExtension
    final ComparisonExtension comparison = new ComparisonExtension();

    @BeforeAll
    static void install() throws Exception {
        NodeClients.install();
    }

    /** The older version also requests a legacy completion, which counts as one request. */
    @ParameterizedTest
    @CsvSource({NodeClients.ANTHROPIC_1 + ",9", NodeClients.ANTHROPIC_0 + ",10"})
    void anthropicClientsBehaveTheSameThroughTheGateway(String version, int requests) throws Exception {
        comparison.register(AnthropicScenarios::register);

        JsonNode without = NodeClients.run("anthropic.mjs", comparison.direct().url(), version);
        JsonNode with = NodeClients.run("anthropic.mjs", comparison.gateway("anthropic"), version);

        WireComparison.assertSameResults(with, without, AnthropicScenarios.WRONG_BASE_URL);
        WireComparison.assertSameRequests(comparison.upstream(), comparison.direct(), AnthropicScenarios::isForwarded);
        assertThat(with.path(AnthropicScenarios.WRONG_BASE_URL).path("message").asText())
                .contains("must not end in /v1");
        // Each response occurs many times, but its id identifies one call.
        Awaitility.await().untilAsserted(() -> {
            assertThat(counted("api_usage_requests_total", category -> !category.equals(RESET)))
                    .isEqualTo(requests);
            assertThat(counted("api_usage_tokens_total", category -> !category.equals(RESET)))
                    .isEqualTo(TOKENS);
            assertThat(counted("api_usage_requests_total", RESET::equals)).isPositive();
        });
    }

    /** Without cache reads. */
    private double counted(String metric, Predicate<String> categories) {
        return TestExporter.samples(comparison.exporter().http().get("/metrics").body()).entrySet().stream()
                .filter(series -> series.getKey().startsWith(metric + "{")
                        && series.getKey().contains("provider=\"anthropic\"")
                        && !series.getKey().contains("kind=\"cache_read\"")
                        && categories.test(series.getKey().replaceAll(".*category=\"([^\"]*)\".*", "$1")))
                .mapToDouble(series -> series.getValue().doubleValue())
                .sum();
    }

    @Test
    void apifyClientBehavesTheSameThroughTheGateway() throws Exception {
        comparison.register(ApifyScenarios::register);

        JsonNode without = NodeClients.run("apify.mjs", comparison.direct().url());
        JsonNode with = NodeClients.run("apify.mjs", comparison.gateway("apify"));

        WireComparison.assertSameResults(with, without, "");
        // The exporter also reads runs itself.
        WireComparison.assertSameRequests(
                comparison.upstream(),
                comparison.direct(),
                exchange -> Objects.requireNonNullElse(exchange.header("user-agent"), "")
                        .contains("scenario/"));
        assertUsed("/apify/daily/compute_units", units().toString());
    }

    /** The sum of the highest figure of each run. */
    private static BigDecimal units() {
        var runs = new HashMap<String, BigDecimal>();
        for (String state : ApifyScenarios.STATES) {
            JsonNode run = Samples.json("apify/run-" + state + ".json").path("data");
            BigDecimal units = run.at("/stats/computeUnits").decimalValue().setScale(6, RoundingMode.HALF_EVEN);
            runs.merge(run.path("id").asText(), units, BigDecimal::max);
        }
        return runs.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private void assertUsed(String pointer, String amount) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(comparison
                                .exporter()
                                .usage()
                                .at("/used" + pointer)
                                .decimalValue())
                        .as(pointer)
                        .isEqualByComparingTo(amount));
    }
}
