package io.usageexporter.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.ConnectionLimits;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.metrics.MetricsView;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recording by a server with little memory for bodies, or a high minimum rate. */
class BodyMemoryTest {
    private static final int MIB = 1 << 20;
    private static final BodyPace ANY_PACE = new BodyPace(Duration.ofMinutes(1), 1);
    private static final BodyPace FAST_ONLY = new BodyPace(Duration.ofMillis(300), MIB);
    private static final String JSON = "Content-Type: application/json";
    private static final String SMALLEST = "{\"provider\":\"apify\",\"usage\":{\"compute_units\":1}}";

    @TempDir
    Path folder;

    private final SelfMetrics metrics = new SelfMetrics();
    private final List<RawHttp> open = new ArrayList<>();
    private @Nullable Recorder recorder;
    private @Nullable Listener server;

    private void start(long heap, BodyPace pace) throws Exception {
        var config = Configs.ingest();
        var clock = new SettableClock("2026-11-24T09:15:00Z");
        recorder = Recorder.start(
                LedgerAddress.of(folder.resolve("usage.db")).open(),
                config.providers().values(),
                Configs.defaults().prices(),
                clock,
                RecorderMetrics.NONE);
        var refusals = new Refusals(metrics);
        var record = new RecordHandler(recorder, () -> config, clock, metrics, refusals, new BodyMemory(heap), pace);
        var limits = ConnectionLimits.DEFAULT;
        server = Listener.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                null,
                new ExceptionHandler(new UnreadRequest(record)),
                new Listener.Rules(
                        (client, line, status) -> {},
                        limits,
                        new ConnectionCounter(limits, client -> false),
                        refusals,
                        new MemoryLimit(heap / 8)));
    }

    @AfterEach
    void stop() throws Exception {
        for (RawHttp connection : open) {
            connection.close();
        }
        requireNonNull(server).close();
        requireNonNull(recorder).close();
        metrics.close();
    }

    private RawHttp connect() throws Exception {
        var connection = new RawHttp(requireNonNull(server).port());
        open.add(connection);
        return connection;
    }

    private RawHttp begin(int announced, int sent) throws Exception {
        return connect()
                .request("POST", "/api/usage", JSON, "Content-Length: " + announced)
                .write(" ".repeat(sent));
    }

    private void assertThatSmallPostsPass(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            try (var connection = new RawHttp(requireNonNull(server).port())) {
                assertThat(connection
                                .post("/api/usage", Events.RECOMMENDATION, JSON)
                                .read()
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    private double rejected(String reason) {
        var scrape = new MetricsView(metrics).render(MetricsView.TYPES.get(0), false);
        var samples = TestExporter.samples(
                StandardCharsets.UTF_8.decode(scrape.body()).toString());
        return requireNonNull(samples.get("usage_exporter_events_rejected_total{reason=\"" + reason + "\"}"))
                .doubleValue();
    }

    @Test
    void announcedLengthReservesNoMemory() throws Exception {
        start(128 * MIB, ANY_PACE);
        for (int i = 0; i < 200; i++) {
            begin(16 * MIB, 1);
        }
        assertThatSmallPostsPass(20);
        assertThat(rejected("queue_full")).isZero();
    }

    @Test
    void pendingLargeBodiesLeaveRoomForSmallOnes() throws Exception {
        start(16 * MIB, ANY_PACE);
        var refused = new ArrayList<RawHttp>();
        for (int i = 0; i < 40; i++) {
            refused.add(begin(MIB, 100_000));
        }
        RawHttp.Response last = refused.get(39).read();

        assertThat(last.status()).isEqualTo(503);
        assertThat(last.values("Retry-After")).containsExactly("1");
        assertThat(last.values("Content-Type")).containsExactly("application/problem+json");
        assertThat(last.body()).contains("too many large bodies are in progress", "nothing was recorded");
        assertThatSmallPostsPass(20);
    }

    @Test
    void pendingSmallBodiesLeaveRoomForOthers() throws Exception {
        start(8 * MIB, ANY_PACE);
        for (int i = 0; i < 300; i++) {
            begin(60_000, 7_000);
        }
        assertThatSmallPostsPass(20);
        var large = connect().post("/api/usage", " ".repeat(200_000) + Events.RECOMMENDATION, JSON);
        assertThat(large.read().status()).isEqualTo(200);
    }

    @Test
    void incompleteBodiesOfTheSmallestSizeAreBoundedAndCompleteOnesPass() throws Exception {
        start(16 * MIB, ANY_PACE);
        for (int i = 0; i < 200; i++) {
            begin(8_000, 7_990);
        }
        RawHttp.Response last = begin(8_000, 7_990).read();

        assertThat(last.status()).isEqualTo(503);
        assertThat(last.body()).contains("too many incomplete bodies are in progress", "nothing was recorded");
        assertThatSmallPostsPass(20);
    }

    @Test
    void memoryOfIncompleteBodiesIsReleased() throws Exception {
        start(16 * MIB, ANY_PACE);
        for (int i = 0; i < 300; i++) {
            begin(8_000, 7_990).close();
            try (var post = new RawHttp(requireNonNull(server).port())) {
                post.request("POST", "/api/usage", JSON, "Content-Length: " + (7_000 + Events.RECOMMENDATION.length()))
                        .write(" ".repeat(6_000));
                post.write(" ".repeat(1_000) + Events.RECOMMENDATION);
                assertThat(post.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void largeHeadsAreBoundedAndOtherRequestsPass() throws Exception {
        start(16 * MIB, ANY_PACE);
        String head =
                "POST /api/usage HTTP/1.1\r\nHost: localhost\r\n" + ("X: " + "y".repeat(2000) + "\r\n").repeat(100);
        for (int i = 0; i < 20; i++) {
            connect().write(head);
        }
        RawHttp.Response last = connect().write(head).read();

        assertThat(last.status()).isEqualTo(503);
        assertThat(last.values("Content-Type")).containsExactly("application/problem+json");
        assertThat(last.body()).contains("too many requests with large heads");
        assertThatSmallPostsPass(20);

        for (RawHttp connection : open) {
            connection.close();
        }
        Awaitility.await().untilAsserted(() -> {
            try (var post = new RawHttp(requireNonNull(server).port())) {
                post.write(head + JSON + "\r\nContent-Length: " + Events.RECOMMENDATION.length() + "\r\n\r\n"
                        + Events.RECOMMENDATION);
                assertThat(post.read().status()).isEqualTo(200);
            }
        });
    }

    @Test
    void memoryOfLargeHeadsIsReleasedAfterEachRequest() throws Exception {
        start(16 * MIB, ANY_PACE);
        RawHttp connection = connect();
        for (int i = 0; i < 100; i++) {
            connection.post("/api/usage", Events.RECOMMENDATION, JSON, "X: " + "y".repeat(200_000));
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }

    /** As do curl -0, Python's urllib, and proxies. */
    @Test
    void clientThatClosesItsConnectionReadsWhyItsBodyIsRefused() throws Exception {
        start(16 * MIB, ANY_PACE);
        RawHttp connection =
                connect().request("POST", "/api/usage", JSON, "Connection: close", "Content-Length: " + 16 * MIB);
        for (int i = 0; i < 16; i++) {
            connection.write(" ".repeat(MIB));
        }
        RawHttp.Response answer = connection.read();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(connection.in().read()).isNegative();
    }

    @Test
    void chunkedPostsWithDelayedBodiesAreRecorded() throws Exception {
        start(8 * MIB, ANY_PACE);
        for (int i = 0; i < 50; i++) {
            connect().request("POST", "/api/usage", JSON, "Transfer-Encoding: chunked");
        }
        String body =
                Integer.toHexString(Events.RECOMMENDATION.length()) + "\r\n" + Events.RECOMMENDATION + "\r\n0\r\n\r\n";
        for (RawHttp connection : open) {
            connection.write(body);
        }
        for (RawHttp connection : open) {
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }

    @Test
    void memoryIsReleasedHoweverARequestEnds() throws Exception {
        start(16 * MIB, ANY_PACE);
        String body = " ".repeat(2_000_000) + Events.RECOMMENDATION;
        for (int round = 0; round < 10; round++) {
            begin(3 * MIB, 2_900_000).reset();
            // The server notices the reset of the other connection eventually.
            Awaitility.await()
                    .until(() -> connect().post("/api/usage", body, JSON).read().status() == 200);
        }
    }

    @Test
    void batchWithTooManyEventsForTheMemoryIsRejectedWith413AndTheLimit() throws Exception {
        start(16 * MIB, ANY_PACE);
        String batch = "[" + (SMALLEST + ",").repeat(30_000) + SMALLEST + "]";
        RawHttp.Response response = connect().post("/api/usage", batch, JSON).read();

        assertThat(response.status()).isEqualTo(413);
        assertThat(response.body()).contains("batches of at most 10922 events", "-Xmx");
        assertThat(rejected("too_large")).isEqualTo(1);
        assertThatSmallPostsPass(1);
    }

    @Test
    void bodyLargerThanTheMemoryIsRejectedBeforeItIsSent() throws Exception {
        start(16 * MIB, ANY_PACE);
        RawHttp.Response response = begin(4 * MIB, 0).read();

        assertThat(response.status()).isEqualTo(413);
        assertThat(response.body()).contains("bodies of at most 3145728 bytes");
    }

    @Test
    void stalledBodyGets408AndItsConnectionIsClosed() throws Exception {
        start(128 * MIB, FAST_ONLY);
        RawHttp stalled = begin(16 * MIB, 1);
        RawHttp.Response response = stalled.read();

        assertThat(response.status()).isEqualTo(408);
        assertThat(response.values("Content-Type")).containsExactly("application/problem+json");
        assertThat(response.body())
                .contains("the body arrived too slowly, so nothing was recorded", "1048576 bytes per second");
        assertThat(stalled.isOver()).isTrue();
        assertThat(rejected("too_slow")).isEqualTo(1);
    }

    @Test
    void tricklingChunkedBodyGets408() throws Exception {
        start(64 * MIB, FAST_ONLY);
        RawHttp slow = connect().request("POST", "/api/usage", JSON, "Transfer-Encoding: chunked");
        while (slow.in().available() == 0) {
            slow.write("1\r\n \r\n");
        }
        assertThat(slow.read().status()).isEqualTo(408);
    }

    @Test
    void clientThatSendsATooLargeBodyToItsEndReadsTheResponse() throws Exception {
        start(128 * MIB, ANY_PACE);
        for (int i = 0; i < 5; i++) {
            RawHttp.Response response = begin(20 * MIB, 20 * MIB).read();
            assertThat(response.status()).isEqualTo(413);
        }
    }
}
