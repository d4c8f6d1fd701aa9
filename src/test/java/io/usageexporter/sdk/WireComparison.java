package io.usageexporter.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;

/** Compares clients and requests with and without the gateway. */
final class WireComparison {
    /** Headers that concern the connection or the gateway. */
    private static final Set<String> MAY_DIFFER =
            Set.of("host", "connection", "keep-alive", "transfer-encoding", "accept-encoding", "x-usage-category");

    private WireComparison() {}

    /** The client's results are the same in each scenario except one. */
    static void assertSameResults(JsonNode with, JsonNode without, String exception) {
        var softly = new SoftAssertions();
        without.fieldNames().forEachRemaining(scenario -> {
            if (!scenario.equals(exception)) {
                softly.assertThat(with.path(scenario).toPrettyString())
                        .as(scenario)
                        .isEqualTo(without.get(scenario).toPrettyString());
            }
        });
        softly.assertAll();
        assertThat(with.size()).isEqualTo(without.size());
    }

    /** The provider received the same requests in the same order: targets, headers, and every byte of the bodies. */
    static void assertSameRequests(FakeProvider with, FakeProvider without, Predicate<FakeExchange> wanted) {
        assertThat(requests(with, wanted)).isNotEmpty().isEqualTo(requests(without, wanted));
    }

    private static List<String> requests(FakeProvider provider, Predicate<FakeExchange> wanted) {
        return provider.exchanges().stream()
                .filter(wanted)
                .map(WireComparison::describe)
                .toList();
    }

    private static String describe(FakeExchange exchange) {
        String headers = exchange.head()
                .lines()
                .skip(1)
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT)
                        + line.substring(line.indexOf(':')))
                .filter(line -> !MAY_DIFFER.contains(line.substring(0, line.indexOf(':'))))
                .map(line -> line.replaceFirst("boundary=.*", "boundary"))
                .sorted()
                .collect(Collectors.joining("\n"));
        // The boundary differs between requests, but has the same length.
        String hash = headers.contains("boundary") ? "" : exchange.awaitBodySha256();
        return exchange.method() + " " + exchange.target() + "\n" + headers + "\n" + exchange.bodyLength() + " " + hash;
    }
}
