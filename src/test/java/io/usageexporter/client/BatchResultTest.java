package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.client.BatchResult.Recorded;
import io.usageexporter.client.BatchResult.Rejected;
import io.usageexporter.client.BatchResult.Retry;
import io.usageexporter.client.BatchResult.Split;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchResultTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    private static final URI URL = URI.create("http://127.0.0.1/api/usage");

    /** A response without a connection. */
    private record Response(int statusCode, HttpHeaders headers, String body) implements HttpResponse<String> {
        @Override
        public HttpRequest request() {
            return HttpRequest.newBuilder(URL).build();
        }

        @Override
        public Optional<HttpResponse<String>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return URL;
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }

    private static BatchResult result(int status, String header, String value, String body, int events) {
        HttpHeaders headers = HttpHeaders.of(Map.of(header, List.of(value)), (name, each) -> true);
        return BatchResult.of(new Response(status, headers, body), events, NOW);
    }

    private static BatchResult ofProblem(int status, String problem, int events) {
        return result(status, "Content-Type", "application/problem+json", problem, events);
    }

    @Test
    void status200MeansRecorded() {
        assertThat(result(200, "Content-Type", "application/json", "{\"recorded\":0,\"duplicates\":3}", 3))
                .isEqualTo(new Recorded());
    }

    @ParameterizedTest
    @CsvSource({
        "500, false",
        "502, false",
        "503, false",
        "504, false",
        "408, false",
        "429, false",
        "401, true",
        "403, true",
        "404, true",
        "405, true",
        "415, true",
        "302, true",
        "200, true",
        "204, true"
    })
    void retriesSlowlyWhenInterventionIsNeeded(int status, boolean needsIntervention) {
        assertThat(result(status, "Content-Type", "text/html", "<html>", 3))
                .isInstanceOfSatisfying(Retry.class, retry -> {
                    assertThat(retry.needsIntervention()).isEqualTo(needsIntervention);
                    assertThat(retry.after()).isNull();
                    assertThat(retry.why()).startsWith("responded with status " + status + "; ");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "' 7 ', 7",
        "999999999, 999999999",
        "'Tue, 24 Nov 2026 09:16:30 GMT', 90",
        "'Tue, 24 Nov 2026 09:00:00 GMT', 0"
    })
    void retryAfterSetsTheDelay(String value, long seconds) {
        assertThat(result(503, "Retry-After", value, "", 1))
                .isInstanceOfSatisfying(
                        Retry.class, retry -> assertThat(retry.after()).isEqualTo(Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "99999999999999999999", "Tue, 99 Nov 2026 09:16:30 GMT"})
    void invalidRetryAfterIsIgnored(String value) {
        assertThat(result(503, "Retry-After", value, "", 1))
                .isInstanceOfSatisfying(
                        Retry.class, retry -> assertThat(retry.after()).isNull());
    }

    @Test
    void rejectsTheNamedEvents() {
        String problem =
                "{\"detail\":\"2 of 3\",\"errors\":[{\"index\":2,\"detail\":\"c\"},{\"index\":0,\"detail\":\"a\"}]}";

        assertThat(ofProblem(400, problem, 3)).isEqualTo(new Rejected(Map.of(0, "a", 2, "c"), false));
        assertThat(ofProblem(409, problem, 3)).isEqualTo(new Rejected(Map.of(0, "a", 2, "c"), true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"detail\":\"all of it\"}",
                "{\"detail\":\"all of it\",\"errors\":[]}",
                "{\"detail\":\"all of it\",\"errors\":[{\"index\":-1},{\"index\":2},{\"index\":\"x\"},{},7]}"
            })
    void splitsWhenNoEventIsNamed(String problem) {
        assertThat(ofProblem(400, problem, 2)).isEqualTo(new Split());
        assertThat(ofProblem(409, problem, 2)).isEqualTo(new Split());
        assertThat(ofProblem(400, problem, 1)).isEqualTo(new Rejected(Map.of(0, "all of it"), false));
        assertThat(ofProblem(409, problem, 1)).isEqualTo(new Rejected(Map.of(0, "all of it"), true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "[", "null", "[]"})
    void splitsWhenTheProblemIsUnreadable(String problem) {
        assertThat(ofProblem(400, problem, 2)).isEqualTo(new Split());
        assertThat(ofProblem(400, problem, 1)).isEqualTo(new Rejected(Map.of(0, ""), false));
    }

    @Test
    void splitsABatchThatIsTooLarge() {
        assertThat(result(413, "Content-Type", "text/html", "<html>", 2)).isEqualTo(new Split());
        assertThat(result(413, "Content-Type", "text/html", "<html>", 1))
                .isEqualTo(new Rejected(Map.of(0, "it is larger than the server allows"), false));
    }
}
