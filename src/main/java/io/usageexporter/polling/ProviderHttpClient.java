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
 * Reads JSON from one provider's API. Follows no redirects, so that credentials reach no other host; bounds responses to
 * 16 MiB and requests to a timeout. Numbers are read exactly. Thread-safe.
 */
public final class ProviderHttpClient implements AutoCloseable {
    /** The default timeout of a request, up to the last byte of the response. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_BYTES = 16 << 20;
    private static final int SUCCESS_CLASS = 2;

    /** Far more than a page of a thousand entries has. Parsed JSON takes more memory than its text. */
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
    private final Map<Long, CompletableFuture<?>> inFlight = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** With a timeout of {@link #TIMEOUT}. */
    public ProviderHttpClient(URI base, InstantSource clock) {
        this(base, TIMEOUT, clock);
    }

    /**
     * Does not connect yet.
     *
     * @param base the base URL of all paths, with or without a trailing slash
     * @param timeout of a request, up to the last byte of the response; connecting takes ten seconds at most
     * @param clock for delays that a provider gives as an instant
     */
    public ProviderHttpClient(URI base, Duration timeout, InstantSource clock) {
        this.base = base.toString().replaceFirst("/+$", "");
        this.timeout = timeout;
        this.clock = clock;
    }

    /**
     * Sends a request and waits for the response.
     *
     * @param path below the base URL, with a leading slash and the query
     * @param headers such as the credential
     * @throws ProviderException if there is no usable response in time
     * @throws InterruptedException after canceling the request
     */
    public JsonNode get(String path, Map<String, String> headers) throws ProviderException, InterruptedException {
        return get(path, headers, timeout);
    }

    /** Sends a request with a shorter timeout. */
    public JsonNode get(String path, Map<String, String> headers, Duration within)
            throws ProviderException, InterruptedException {
        String shown = withoutQuery(path);
        HttpResponse<byte[]> response = send(shown, request(path, headers), within);
        int status = response.statusCode();
        if (status / 100 != SUCCESS_CLASS) {
            throw ProviderException.unsuccessful(shown, status, RetryAfter.of(response.headers(), clock));
        }
        JsonNode value = parsed(shown, response.body());
        if (value.isMissingNode()) {
            throw ProviderException.failed(shown, "empty response");
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
        } catch (IllegalArgumentException e) { // the message may contain the credential
            throw ProviderException.failed(withoutQuery(path), "invalid path or headers");
        }
    }

    private HttpResponse<byte[]> send(String shown, HttpRequest request, Duration within)
            throws ProviderException, InterruptedException {
        Long number = numbers.incrementAndGet();
        CompletableFuture<HttpResponse<byte[]>> response =
                client().sendAsync(request, head -> new BoundedBody(MAX_BYTES));
        inFlight.put(number, response);
        try {
            if (closed) {
                throw ProviderException.failed(shown, "canceled");
            }
            // The timeout of HttpRequest ends with the headers, but a body may trickle.
            return response.get(Math.min(within.toNanos(), timeout.toNanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw ProviderException.failed(shown, reason(e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException | CancellationException e) {
            throw ProviderException.failed(shown, reason(e));
        } finally {
            inFlight.remove(number);
            response.cancel(true); // closes the connection, unless the response is complete
        }
    }

    private static JsonNode parsed(String shown, byte[] body) throws ProviderException {
        try {
            return JSON.readTree(body);
        } catch (IOException e) { // the message contains the response
            throw ProviderException.failed(shown, "response is not readable JSON");
        }
    }

    private static String reason(Throwable cause) {
        if (cause instanceof HttpConnectTimeoutException) {
            return "connection timed out";
        }
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return "response timed out";
        }
        if (cause instanceof CancellationException) {
            return "canceled";
        }
        if (cause instanceof TooLargeException) {
            return "response exceeds " + (MAX_BYTES >> 20) + " MiB";
        }
        if (cause.getCause() instanceof UnresolvedAddressException) {
            return "unknown host";
        }
        if (cause instanceof ConnectException) {
            return "connection refused";
        }
        if (cause instanceof SSLException) {
            return "TLS handshake failed; check the certificate";
        }
        return "no response (" + cause.getClass().getSimpleName() + ")"; // the message may contain the response
    }

    private static String withoutQuery(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /** Created on first use: it costs threads and megabytes, and many exporters poll no provider. */
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

    /** Cancels requests in flight and rejects further ones. */
    @Override
    public void close() {
        closed = true;
        inFlight.values().forEach(response -> response.cancel(true));
    }
}
