package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.RawHttp;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that end before their body does, by every route. */
class EarlyEndTest {
    private static final String EVENT = Events.RECOMMENDATION;
    private static final String TWO_LINES = EVENT + "\n" + EVENT + "\n";
    private static final String RUN = "{\"eventType\":\"ACTOR.RUN.SUCCEEDED\",\"resource\":{\"id\":\"run1\"}}";
    private static final String INCOMPLETE = "usage_exporter_events_rejected_total{reason=\"incomplete\"}";
    private static final String SECRET = "a-secret-of-the-webhook";

    private static final List<String> POSTED = List.of("/api/usage", "/webhooks/apify/" + SECRET, "/webhooks/apify");
    private static final List<String> OTHERS = List.of(
            "GET /",
            "GET /usage",
            "GET /api/usage",
            "GET /api/usage/history",
            "GET /api/usage/reported",
            "GET /metrics",
            "GET /-/healthy",
            "GET /-/ready",
            "POST /-/reload",
            "POST /no/such/route",
            "DELETE /api/usage",
            "POST /gateway/nowhere/v1/messages",
            "POST /gateway/anthropic/v1/messages",
            "POST /gateway/apify/v2/acts");

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension(EarlyEndTest::configuration);

    private static String configuration(Path folder) throws IOException {
        return """
                providers:
                  anthropic:
                    limits: {daily: {requests: 10}}
                    gateway: {upstream: "http://127.0.0.1:9"}
                  apify:
                    limits: {daily: {compute_units: 10}}
                    gateway: {upstream: "http://127.0.0.1:9"}
                    webhook: {secret_file: %s}
                """.formatted(Files.writeString(folder.resolve("secret"), SECRET));
    }

    /** How much of a body is sent. */
    private enum Cut {
        NOTHING,
        ONE_BYTE,
        HALF,
        ALL_BUT_ONE;

        String of(String body) {
            return body.substring(
                    0,
                    switch (this) {
                        case NOTHING -> 0;
                        case ONE_BYTE -> 1;
                        case HALF -> body.length() / 2;
                        case ALL_BUT_ONE -> body.length() - 1;
                    });
        }
    }

    /** How the connection ends. */
    private enum End {
        FIN,
        RESET
    }

    /** How a body is framed. */
    private enum Framing {
        LENGTH {
            @Override
            String head(String body) {
                return "Content-Length: " + body.length() + "\r\n";
            }

            @Override
            String framed(String part) {
                return part;
            }
        },
        CHUNKED {
            @Override
            String head(String body) {
                return "Transfer-Encoding: chunked\r\n";
            }

            @Override
            String framed(String part) {
                return part.isEmpty() ? "" : Integer.toHexString(part.length()) + "\r\n" + part + "\r\n";
            }
        };

        abstract String head(String body);

        abstract String framed(String part);
    }

    private static Stream<Arguments> cutPosts() {
        var all = new ArrayList<Arguments>();
        for (String path : POSTED) {
            for (String body : path.startsWith("/api") ? List.of(EVENT, TWO_LINES) : List.of(RUN)) {
                for (Framing framing : Framing.values()) {
                    for (Cut cut : Cut.values()) {
                        for (End end : End.values()) {
                            all.add(Arguments.of(path, body, framing, cut, end));
                        }
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {2} {3} {4}")
    @MethodSource("cutPosts")
    void incompletePostIsRejectedAndCountedAndNotRecorded(String path, String body, Framing framing, Cut cut, End end)
            throws Exception {
        BigDecimal before = exporter.metric(INCOMPLETE);
        try (var connection = new RawHttp(exporter.http().port())) {
            connection.write(head("POST " + path, body, framing) + framing.framed(cut.of(body)));
            end(connection, end);
            if (end == End.FIN) {
                String response = readAll(connection);
                assertThat(response).matches(text -> text.isEmpty() || text.startsWith("HTTP/1.1 400 "));
                if (framing == Framing.LENGTH) {
                    assertThat(response)
                            .contains("Content-Type: application/problem+json", "Connection: close")
                            .contains("the connection closed before the end of the body");
                }
            }
        }
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(exporter.metric(INCOMPLETE).subtract(before)).isEqualByComparingTo("1"));
        assertThat(exporter.usage().at("/used/anthropic/daily/requests").asInt())
                .isZero();
    }

    @Test
    void chunkedPostWithoutItsLastChunkIsNotRecorded() throws Exception {
        try (var connection = new RawHttp(exporter.http().port())) {
            connection.write(head("POST /api/usage", EVENT, Framing.CHUNKED) + Framing.CHUNKED.framed(EVENT));
            end(connection, End.FIN);
            assertThat(readAll(connection)).doesNotContain("200");
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(exporter.metric(INCOMPLETE)).isEqualByComparingTo("1"));
        assertThat(exporter.usage().at("/used/anthropic/daily/requests").asInt())
                .isZero();
    }

    private static Stream<Arguments> cutOthers() {
        return OTHERS.stream()
                .flatMap(route -> Stream.of(Framing.values())
                        .flatMap(framing -> Stream.of(Cut.values()).map(cut -> Arguments.of(route, framing, cut))));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cutOthers")
    void incompleteRequestToAnyRouteNeverGetsAnEmptySuccess(String route, Framing framing, Cut cut) throws Exception {
        try (var connection = new RawHttp(exporter.http().port())) {
            connection.write(head(route, EVENT, framing) + framing.framed(cut.of(EVENT)));
            end(connection, End.FIN);
            String response = readAll(connection);

            boolean explicit = response.isEmpty()
                    || response.matches("(?s)HTTP/1.1 200 .*\r\n\r\n.+")
                    || response.matches("(?s)HTTP/1.1 [45]\\d\\d .*\r\n\r\n\\{.+");
            assertThat(explicit).as(response).isTrue();
        }
    }

    private static String head(String methodAndPath, String body, Framing framing) {
        String type = body.equals(TWO_LINES) ? "application/x-ndjson" : "application/json";
        return methodAndPath + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\nAuthorization: Bearer "
                + SECRET + "\r\n" + framing.head(body) + "\r\n";
    }

    private static void end(RawHttp connection, End end) throws IOException {
        if (end == End.FIN) {
            connection.endOutput();
        } else {
            connection.reset();
        }
    }

    /** Everything up to the close or reset of the connection. */
    private static String readAll(RawHttp connection) {
        var text = new StringBuilder();
        try {
            for (int next = connection.in().read();
                    next >= 0;
                    next = connection.in().read()) {
                text.append((char) next);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        return text.toString();
    }
}
