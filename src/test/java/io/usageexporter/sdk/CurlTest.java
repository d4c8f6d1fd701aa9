package io.usageexporter.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The output and exit status of curl are the same through the gateway. */
class CurlTest {
    @RegisterExtension
    final ComparisonExtension comparison = new ComparisonExtension();

    @BeforeAll
    static void requireCurl() {
        RequiredTool.require("curl", "curl");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anthropic/messages-response-cached.json",
                "anthropic/stream-complete.sse",
                "anthropic/stream-error-midway.sse",
                "anthropic/stream-thinking-tool-use.sse",
                "anthropic/batch-results.jsonl",
                "anthropic/complete-legacy-response.json",
                "anthropic/error-429-rate-limit.json",
                "anthropic/error-529-overloaded.json",
                "apify/run-succeeded.json",
                "apify/run-sync-get-dataset-items-response.json",
                "apify/error-408-run-sync-timeout.json"
            })
    void printsTheSameForEachSample(String file) throws Exception {
        respond(() -> FakeResponse.sample(file).inPiecesOf(37));

        assertSame(file, "--data-binary", "{\"a\":1}");
        assertSame(file, "--compressed", "-X", "PUT", "-H", "Expect: 100-continue", "--data-binary", "{\"a\":1}");
        assertSame(file, "-I");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic/stream-truncated.sse", "anthropic/messages-response-cached.json"})
    void failsTheSameOnATruncatedResponse(String file) throws Exception {
        respond(() -> FakeResponse.sample(file).closesAfter(600));

        ProcessRunner.Result result = assertSame(file, "--data-binary", "{}");

        assertThat(result.status()).isEqualTo(18);
    }

    @Test
    void downloadsHalfAGigabyteUnchanged() throws Exception {
        respond(() -> FakeResponse.status(200)
                .header("content-type", "application/octet-stream")
                .flood(500L << 20));

        ProcessRunner.Result result =
                curl(comparison.gateway("anthropic/v1/files/f/content"), "-o", "/dev/null", "-w", "%{size_download}");

        assertThat(result.out()).endsWith(Long.toString(500L << 20));
    }

    private interface Response {
        FakeResponse create();
    }

    private void respond(Response response) {
        comparison.register(provider -> provider.on(exchange -> true, response.create()));
    }

    private ProcessRunner.Result assertSame(String file, String... arguments) throws Exception {
        String provider = file.substring(0, file.indexOf('/'));
        String path = provider.equals("apify") ? "/v2/datasets/d/items?token=t" : "/v1/other?beta=true";
        ProcessRunner.Result without = curl(comparison.direct().url() + path, arguments);
        ProcessRunner.Result with = curl(comparison.gateway(provider + path), arguments);
        assertThat(lines(with.out())).isEqualTo(lines(without.out()));
        assertThat(with.status()).isEqualTo(without.status());
        return with;
    }

    private ProcessRunner.Result curl(String url, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("curl", "-sS", "-i", "-N", "--max-time", "30"));
        command.addAll(List.of(arguments));
        command.add(url);
        return ProcessRunner.run(comparison.folder(), "", command);
    }

    /** The headers sorted by name, since only the order of equal names is significant; then the body. */
    private static List<String> lines(String printed) {
        int end = printed.lastIndexOf("\r\n\r\n");
        Stream<String> head = printed.substring(0, end)
                .lines()
                .filter(line -> !line.matches("(?i)(connection|keep-alive|transfer-encoding):.*"))
                .map(line -> line.contains(":") ? line.toLowerCase(Locale.ROOT) : line)
                .sorted();
        return Stream.concat(head, Stream.of(printed.substring(end))).toList();
    }
}
