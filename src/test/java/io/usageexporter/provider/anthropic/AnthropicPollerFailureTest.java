package io.usageexporter.provider.anthropic;

import static io.usageexporter.provider.anthropic.AnthropicPollerExtension.KEY;
import static io.usageexporter.provider.anthropic.FakeReports.ANALYTICS;
import static io.usageexporter.provider.anthropic.FakeReports.MESSAGES;
import static io.usageexporter.provider.anthropic.FakeReports.report;
import static io.usageexporter.provider.anthropic.FakeReports.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A poll that fails keeps the last report. */
class AnthropicPollerFailureTest {
    @RegisterExtension
    final AnthropicPollerExtension poll = AnthropicPollerExtension.ofUsage();

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 401, 429, 500, 529})
    void otherStatusIsAFailureAndTheLastReportStays(int status) throws Exception {
        poll.reports()
                .on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "1")))
                .on(MESSAGES, report());
        poll.run();
        poll.reports()
                .on(
                        ANALYTICS,
                        FakeResponse.json(status, "{\"type\": \"error\"}")
                                .header("retry-after", "17")
                                .header("location", "/elsewhere"));

        poll.assertFails()
                .satisfies(e -> assertThat(((ProviderException) e).status()).hasValue(status));
        assertThat(poll.reported())
                .containsExactly("daily requests 1", "daily tokens 5", "monthly requests 1", "monthly tokens 5");
        assertThat(poll.reports().requests()).extracting(FakeExchange::path).containsOnly(ANALYTICS);
    }

    @Test
    void pollFailsIfBothReportsAreRefused() {
        poll.reports().onStatus(ANALYTICS, 403).onStatus(MESSAGES, 403);
        poll.assertFails()
                .satisfies(e -> assertThat(((ProviderException) e).isRefused()).isTrue());
    }

    @Test
    void failureOnTheSecondPageKeepsTheLastReport() throws Exception {
        poll.reports().on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "1")));
        poll.run();
        poll.reports()
                .on(
                        ANALYTICS,
                        query -> FakeResponse.json(
                                query.contains("page=") ? 500 : 200,
                                "{\"data\": [" + row("2026-11-24T00:00:00Z", "m", 9, "1")
                                        + "], \"has_more\": true, \"next_page\": \"p\"}"));
        poll.assertFails();
        assertThat(poll.reported()).contains("daily tokens 5", "monthly tokens 5");
    }

    @Test
    void endlessReportIsAFailure() {
        poll.reports().on(ANALYTICS, "{\"data\": [], \"has_more\": true, \"next_page\": \"again\"}");
        poll.assertFails().hasMessage("GET " + ANALYTICS + ": the report has more than 40 pages");
        assertThat(poll.reports().requests()).hasSize(AnthropicPoller.MAX_PAGES);
        assertThat(poll.reported()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>",
                "[]",
                "{}",
                "null",
                "{\"data\": 5}",
                "{\"data\": [{}]}",
                "{\"data\": [",
                "{\"type\": \"error\", \"error\": {\"message\": \"sk-ant-admin01-secret\"}}"
            })
    void invalidResponseIsAFailureAndNotZeroUsage(String response) {
        poll.reports().on(ANALYTICS, response);
        poll.assertFails();
        assertThat(poll.reported()).isEmpty();
    }

    @Test
    void missingResponseTimesOut() {
        poll.setTimeout(Duration.ofMillis(300));
        poll.reports().on(ANALYTICS, FakeResponse.silence());
        poll.assertFails().hasMessage("GET " + ANALYTICS + ": response timed out");
    }

    @Test
    void stalledBodyTimesOut() {
        poll.setTimeout(Duration.ofMillis(300));
        poll.reports().on(ANALYTICS, FakeResponse.json(200, "{}").chunked().stallsAfter(1));
        poll.assertFails().hasMessage("GET " + ANALYTICS + ": response timed out");
    }

    @Test
    void truncatedBodyIsAFailure() {
        poll.reports().on(ANALYTICS, FakeResponse.json(200, "{".repeat(1000)).closesAfter(1));
        poll.assertFails();
        assertThat(poll.reported()).isEmpty();
    }

    @Test
    void closedPortIsAFailure() throws Exception {
        poll.reports().close();
        poll.assertFails();
    }

    @Test
    void recoversFromAFailureInAPollLoop() {
        poll.reports().onStatus(ANALYTICS, 500);
        try (PollLoop loop = PollLoop.start(
                "anthropic",
                Duration.ofMinutes(5),
                poll.poller(),
                () -> true,
                poll.clock(),
                delay -> {
                    if (!poll.reported().isEmpty()) {
                        new CountDownLatch(1).await(); // until the loop is closed
                    }
                    poll.reports().on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "1")));
                },
                () -> 1)) {
            Awaitility.await()
                    .atMost(AnthropicPollerExtension.TIMEOUT)
                    .until(() -> Boolean.TRUE.equals(loop.state().success()));
            assertThat(loop.state().lastSuccess()).isEqualTo(poll.clock().instant());
            assertThat(poll.reported()).contains("daily tokens 5");
            assertThat(poll.log().messages()).noneMatch(message -> message.contains(KEY));
            assertThat(poll.log().warnings()).hasSize(1);
        }
    }
}
