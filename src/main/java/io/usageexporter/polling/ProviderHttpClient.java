package io.usageexporter.polling;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.polling.BoundedBody.TooLargeException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON from one provider's API: never from another host, since it follows no redirects, never more than 16 MiB,
 * and never for longer than its time-out. Numbers are read exactly. Thread-safe.
 */
public final class ProviderHttpClient implements AutoCloseable {
    /** How long a request may take up to the last byte of its response by default. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_BYTES = 16 << 20;
    private static final int SUCCESS_CLASS = 2;

    /** Many more than a page of a thousand entries has; what they become in memory is larger than what was sent. */
    private static final long MAX_TOKENS = 500_000;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String base;
    private final Duration timeout;
    private final InstantSource clock;
    private @Nullable HttpClient client;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** With a time-out of {@link #TIMEOUT}. */
    public ProviderHttpClient(URI base, InstantSource clock) {
        this(base, TIMEOUT, clock);
    }

    /**
     * Does not connect yet.
     *
     * @param base below which all paths are, with or without a slash at its end
     * @param timeout for a complete request, up to the last byte of the response; a connection has the shorter of it and ten
     *     seconds
     * @param clock tells how far off an instant is that a provider asks to wait for
     */
    public ProviderHttpClient(URI base, Duration timeout, InstantSource clock) {
        this.base = base.toString().replaceFirst("/+$", "");
        this.timeout = timeout;
        this.clock = clock;
    }

    /**
     * Sends a request, and waits for the response.
     *
     * @param path below the base, from its slash on, with the query if there is one
     * @param headers such as the credential
     * @throws ProviderException when no usable response came in time
     * @throws InterruptedException after which the request is given up
     */
    public JsonNode get(String path, Map<String, String> headers) throws ProviderException, InterruptedException {
        return get(path, headers, timeout);
    }

    /** The same, within another time if that is shorter. */
    public JsonNode get(String path, Map<String, String> headers, Duration within)
            throws ProviderException, InterruptedException {
        String shown = withoutQuery(path);
        HttpResponse<byte[]> answer = send(shown, request(path, headers), within);
        int status = answer.statusCode();
        if (status / 100 != SUCCESS_CLASS) {
            throw ProviderException.answered(shown, status, RetryAfter.of(answer.headers(), clock));
        }
        JsonNode value = parsed(shown, answer.body());
        if (value.isMissingNode()) {
            throw ProviderException.failed(shown, "the answer is empty");
        }
        return value;
    }

    private HttpRequest request(String path, Map<String, String> headers) throws ProviderException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                    .setHeader("Accept", "application/json")
                    .setHeader("User-Agent", "usage-exporter");
            headers.forEach(request::setHeader);
            return request.build();
        } catch (IllegalArgumentException e) { // whose message may show the credential
            throw ProviderException.failed(withoutQuery(path), "its path or headers cannot be sent");
        }
    }

    private HttpResponse<byte[]> send(String shown, HttpRequest request, Duration within)
            throws ProviderException, InterruptedException {
        Long number = numbers.incrementAndGet();
        CompletableFuture<HttpResponse<byte[]>> answer =
                client().sendAsync(request, head -> new BoundedBody(MAX_BYTES));
        underWay.put(number, answer);
        try {
            if (closed) {
                throw ProviderException.failed(shown, "given up");
            }
            // A time-out of the request itself would end with the headers; a body may trickle.
            return answer.get(Math.min(within.toNanos(), timeout.toNanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw ProviderException.failed(shown, reason(e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException | CancellationException e) {
            throw ProviderException.failed(shown, reason(e));
        } finally {
            underWay.remove(number);
            answer.cancel(true); // closes the connection, unless the response is complete
        }
    }

    private static JsonNode parsed(String shown, byte[] body) throws ProviderException {
        try {
            return JSON.readTree(body);
        } catch (IOException e) { // whose message shows the response
            throw ProviderException.failed(shown, "the answer is no JSON that can be read");
        }
    }

    private static String reason(Throwable cause) {
        if (cause instanceof HttpConnectTimeoutException) {
            return "no connection in time";
        }
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return "no whole answer in time";
        }
        if (cause instanceof CancellationException) {
            return "given up";
        }
        if (cause instanceof TooLargeException) {
            return "the answer is larger than " + (MAX_BYTES >> 20) + " MiB";
        }
        if (cause.getCause() instanceof UnresolvedAddressException) {
            return "the host is unknown";
        }
        if (cause instanceof ConnectException) {
            return "no connection";
        }
        if (cause instanceof SSLException) {
            return "no TLS connection; see whether the certificate is right";
        }
        return "no answer (" + cause.getClass().getSimpleName() + ")"; // its message may show the response
    }

    private static String withoutQuery(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /** Made when it is first needed: it takes certificates, threads and megabytes, and many exporters poll no provider. */
    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT)
                    .build();
        }
        return client;
    }

    /** Aborts requests in flight, and rejects further ones. */
    @Override
    public void close() {
        closed = true;
        underWay.values().forEach(answer -> answer.cancel(true));
    }
}
