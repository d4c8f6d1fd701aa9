package io.usageexporter.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * A provider that sends any bytes the grammar of HTTP/1.1 allows, and some that it does not, to several callers at once:
 * each caller gets its own response, or an error, and never what was meant for another.
 */
class GatewayResponsePropertyTest {
    private static final int CALLERS = 4;
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Map<Integer, Reply> REPLIES = new ConcurrentHashMap<>();
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    /** What the provider sends; {@code %d} is the caller's number. */
    private enum Reply {
        FIXED("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nbody%08d", Result.OWN),
        CHUNKED("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n8\r\n%08d\r\n0\r\n\r\n", Result.OWN),
        EXTENSIONS_AND_TRAILERS(
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\nbody\r\n008 ;c\r\n%08d\r\n0\r\nx-t: 1\r\n\r\n",
                Result.OWN),
        UNTIL_CLOSE("HTTP/1.1 200 OK\r\n\r\nbody%08d", Result.OWN, true),
        OLD("HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\nbody%08d", Result.OWN),
        CLOSE("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 12\r\n\r\nbody%08d", Result.OWN),
        EQUAL_LENGTHS("HTTP/1.1 200 OK\r\nContent-Length: 12\r\ncontent-length: 12, 12\r\n\r\nbody%08d", Result.OWN),
        FOLDED("HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length:12\t\r\n\r\nbody%08d", Result.OWN),
        BARE_LF("HTTP/1.1 200 OK\nContent-Length: 12\n\nbody%08d", Result.OWN),
        EARLY_HINTS(
                "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nbody%08d",
                Result.OWN),
        SEVERAL_INFORMATIONAL(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102\r\n\r\nHTTP/1.1 199 Any\r\nContent-Length: 5\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nbody%08d",
                Result.OWN),
        LENGTH_AND_CHUNKS(
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nc\r\nbody%08d\r\n0\r\n\r\n",
                Result.OWN),
        SECOND_RESPONSE(
                "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nbody%1$08dHTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"
                        + "evil%1$08d",
                Result.OWN),
        NO_CONTENT("HTTP/1.1 204 No Content\r\nContent-Length: 12\r\n\r\nevil%08d", Result.EMPTY),
        NOT_MODIFIED("HTTP/1.1 304 Not Modified\r\nContent-Length: 12\r\n\r\n", Result.EMPTY),
        SWITCHING("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"
                + "body%08d"),
        ONLY_INFORMATIONAL("HTTP/1.1 103 Early Hints\r\n\r\n", Result.FAILED, true),
        OTHER_LENGTHS("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Length: 4\r\n\r\nbody%08d"),
        NO_LENGTH("HTTP/1.1 200 OK\r\nContent-Length: +12\r\n\r\nbody%08d"),
        HUGE_LENGTH("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nbody%08d"),
        UNKNOWN_CODING("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"),
        BAD_CHUNK("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbodyX\r\n%08d"),
        CUT("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nbody", Result.FAILED, true),
        CUT_CHUNKS("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n", Result.FAILED, true),
        NO_STATUS("HTTP/1.1 OK\r\n\r\n"),
        LOW_STATUS("HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n"),
        NO_HTTP("SSH-2.0-OpenSSH_9\r\n\r\n"),
        NO_NAME("HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 12\r\n\r\nbody%08d"),
        SPACE_IN_NAME("HTTP/1.1 200 OK\r\nContent-Length : 12\r\n\r\nbody%08d"),
        NUL("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 12\r\n\r\nbody%08d"),
        BARE_CR("HTTP/1.1 200 OK\r\nX: a\rContent-Length: 0\r\nContent-Length: 12\r\n\r\nbody%08d"),
        MANY_OF_A_NAME(
                "HTTP/1.1 200 OK\r\n" + "Set-Cookie: a\r\n".repeat(127) + "Content-Length: 12\r\n\r\nbody%08d",
                Result.OWN),
        TOO_MANY_OF_A_NAME(
                "HTTP/1.1 200 OK\r\n" + "Set-Cookie: a\r\n".repeat(128) + "Content-Length: 12\r\n\r\nbody%08d"),
        NOTHING("", Result.FAILED, true);

        private final String bytes;
        private final Result result;
        private final boolean closes;

        Reply(String bytes) {
            this(bytes, Result.FAILED);
        }

        Reply(String bytes, Result result) {
            this(bytes, result, false);
        }

        Reply(String bytes, Result result, boolean closes) {
            this.bytes = bytes;
            this.result = result;
            this.closes = closes;
        }
    }

    /** The response that the caller gets. */
    private enum Result {
        OWN,
        EMPTY,
        FAILED
    }

    /** Responds on each connection until it is closed. */
    private static void accept(ServerSocket provider) {
        try {
            while (true) {
                Socket socket = provider.accept();
                socket.setTcpNoDelay(true);
                THREADS.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            assertThat(provider.isClosed()).isTrue();
        }
    }

    private static void serve(Socket socket) {
        try (socket;
                var in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int number = Integer.parseInt(line.split("[ /]", -1)[3]);
                while (!in.readLine().isEmpty()) {
                    // its headers
                }
                Reply reply = requireNonNull(REPLIES.get(number));
                byte[] bytes = reply.bytes.formatted(number).getBytes(StandardCharsets.ISO_8859_1);
                int piece = number % 3 == 0 ? 1 : number % 3 == 1 ? 7 : Math.max(1, bytes.length);
                for (int from = 0; from < bytes.length; from += piece) {
                    out.write(bytes, from, Math.min(piece, bytes.length - from));
                }
                if (reply.closes) {
                    return;
                }
            }
        } catch (IOException e) {
            // The gateway hung up, as it should after some of these.
            assertThat(e).isNotNull();
        }
    }

    @Property(tries = 5, shrinking = ShrinkingMode.OFF)
    void eachCallerGetsItsOwnResponseOrAnError(
            @ForAll @Size(min = 300, max = 300) List<@IntRange(max = 33) Integer> kinds) throws Exception {
        Path folder = Files.createTempDirectory("gateway");
        try (var provider = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var exporter = new TestExporter(
                        folder.resolve("usage.db"),
                        GatewayConfig.write(folder, "http://127.0.0.1:" + provider.getLocalPort(), ""),
                        new SettableClock("2026-11-24T09:15:30Z"))) {
            THREADS.execute(() -> accept(provider));
            callAll(exporter.http().port(), kinds);
        }
    }

    private static void callAll(int port, List<Integer> kinds) throws Exception {
        var calls = new ArrayList<Future<?>>();
        for (int caller = 0; caller < CALLERS; caller++) {
            List<Integer> own = kinds.subList(caller * kinds.size() / CALLERS, (caller + 1) * kinds.size() / CALLERS);
            calls.add(THREADS.submit(() -> {
                for (int kind : own) {
                    call(port, Reply.values()[kind]);
                }
                return null;
            }));
        }
        for (Future<?> call : calls) {
            call.get();
        }
    }

    private static void call(int port, Reply reply) throws IOException {
        int number = NUMBERS.incrementAndGet();
        REPLIES.put(number, reply);
        String own = "body%08d".formatted(number);
        String target = "/gateway/anthropic/v1/" + number;
        try (var client = new RawHttp(port)) {
            RawHttp.Response response;
            try {
                response = client.get(target).read();
            } catch (IOException e) {
                assertThat(reply.result).as("%s: %s", reply, e).isEqualTo(Result.FAILED);
                return;
            }
            switch (reply.result) {
                case OWN -> {
                    assertThat(response.status()).as("%s", reply).isEqualTo(200);
                    assertThat(response.body()).as("%s", reply).isEqualTo(own);
                }
                case EMPTY -> {
                    assertThat(response.status()).as("%s", reply).isIn(204, 304);
                    assertThat(response.body()).as("%s", reply).isEmpty();
                }
                case FAILED -> {
                    assertThat(response.status() == 502 || !response.complete())
                            .as("%s: %s", reply, response)
                            .isTrue();
                    assertThat(response.body()).as("%s", reply).doesNotContain("evil");
                }
            }
        }
    }
}
