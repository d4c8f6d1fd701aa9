package io.usageexporter.polling;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.httpclient.BoundedHttpClient;
import io.usageexporter.httpclient.RequestFailure;
import io.usageexporter.httpclient.RetryAfter;
import io.usageexporter.outgoing.OutgoingProxies;
import io.usageexporter.outgoing.OutgoingProxy;
import io.usageexporter.outgoing.OutgoingProxyException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON from one provider's API. Follows no redirects, so that credentials reach no other host; bounds responses to
 * 16 MiB and requests to a timeout. Numbers are read exactly. Thread-safe.
 */
public final class ProviderHttpClient implements AutoCloseable {
    /** The default timeout of a request, up to the last byte of the response. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int SUCCESS_CLASS = 2;
    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

    /** What the JDK's client says when a proxy responds with an error. */
    private static final Pattern TUNNEL_FAILED = Pattern.compile("Tunnel failed, got: (\\d{3})");

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
    private final BoundedHttpClient client;
    private final @Nullable OutgoingProxy proxy;
    private final @Nullable OutgoingProxyException unusable;

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
        OutgoingProxy found = null;
        OutgoingProxyException failure = null;
        try {
            found = OutgoingProxies.ofProcess().to(base);
        } catch (OutgoingProxyException e) {
            failure = e;
        }
        this.proxy = found;
        this.unusable = failure;
        this.client = new BoundedHttpClient(
                timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT,
                OutgoingProxies.always(found),
                null);
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
        if (status == PROXY_AUTHENTICATION_REQUIRED && proxy != null) {
            throw ProviderException.failed(shown, refused(proxy, status));
        }
        if (status / 100 != SUCCESS_CLASS) {
            throw ProviderException.unsuccessful(shown, status, RetryAfter.of(response.headers(), clock.instant()));
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
            if (proxy != null && proxy.authorization() != null) {
                request.setHeader("Proxy-Authorization", proxy.authorization()); // the JDK gives it to the proxy alone
            }
            headers.forEach(request::setHeader);
            return request.build();
        } catch (IllegalArgumentException e) { // the message may contain the credential
            throw ProviderException.failed(withoutQuery(path), "invalid path or headers");
        }
    }

    private HttpResponse<byte[]> send(String shown, HttpRequest request, Duration within)
            throws ProviderException, InterruptedException {
        try {
            if (unusable != null) {
                throw unusable;
            }
            return client.send(request, BodySubscribers::ofByteArray, within.compareTo(timeout) < 0 ? within : timeout);
        } catch (IOException e) {
            throw ProviderException.failed(shown, reason(e));
        }
    }

    private static JsonNode parsed(String shown, byte[] body) throws ProviderException {
        try {
            return JSON.readTree(body);
        } catch (IOException e) { // the message contains the response
            throw ProviderException.failed(shown, "response is not readable JSON");
        }
    }

    private String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof OutgoingProxyException) {
            return message;
        }
        if (proxy == null) {
            return ofProvider(e);
        }
        Matcher refused = TUNNEL_FAILED.matcher(message);
        return refused.matches()
                ? refused(proxy, Integer.parseInt(refused.group(1)))
                : ofProvider(e) + ", through the proxy " + proxy;
    }

    private static String refused(OutgoingProxy by, int status) {
        return String.valueOf(OutgoingProxyException.refused(by, status).getMessage());
    }

    private static String ofProvider(IOException e) {
        return switch (RequestFailure.of(e)) {
            case CONNECT_TIMEOUT -> "connection timed out";
            case TIMEOUT -> "response timed out";
            case UNKNOWN_HOST -> "unknown host";
            case CONNECTION_REFUSED -> "connection refused";
            case TLS -> "TLS handshake failed; check the certificate";
            case TOO_LARGE -> "response exceeds " + (BoundedHttpClient.MAX_BYTES >> 20) + " MiB";
            case CANCELED -> "canceled";
            case OTHER -> "no response (" + e.getClass().getSimpleName() + ")"; // the message may contain the response
        };
    }

    private static String withoutQuery(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /** Cancels requests in flight and rejects further ones. */
    @Override
    public void close() {
        client.close();
    }
}
