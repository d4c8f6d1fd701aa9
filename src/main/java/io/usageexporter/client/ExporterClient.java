package io.usageexporter.client;

import io.usageexporter.httpclient.BoundedHttpClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client of a running exporter. User and password in its URL are sent as basic authentication; neither they nor
 * the token are ever logged.
 * Thread-safe.
 */
public final class ExporterClient {
    private static final String TOKEN = "X-Usage-Token";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final String base;
    private final @Nullable String authorization;
    private final @Nullable String token;
    private final Duration timeout;
    private final Duration requestTimeout;
    private final BoundedHttpClient client;

    /** Creates a client with a timeout of ten seconds. */
    public ExporterClient(URI url, ExporterAccess access) {
        this(url, access, TIMEOUT);
    }

    /**
     * Creates a client; it does not connect yet.
     *
     * @param url of the exporter, with its path prefix if it has one
     * @param timeout for connecting, and for a request up to the last byte of its response
     */
    public ExporterClient(URI url, ExporterAccess access, Duration timeout) {
        String trimmed = url.toString().replaceFirst("/+$", "");
        String userInfo = url.getRawUserInfo();
        this.base = userInfo == null ? trimmed : trimmed.replaceFirst(Pattern.quote(userInfo + "@"), "");
        this.authorization = userInfo == null ? null : "Basic " + base64(url.getUserInfo());
        this.token = access.token();
        this.timeout = timeout;
        this.requestTimeout =
                timeout.multipliedBy(19).dividedBy(20); // slightly shorter, since its exceptions are more specific
        this.client = new BoundedHttpClient(requestTimeout, null, access.authorities());
    }

    /** Explains why there was no response, and what to do. */
    public static String explain(IOException e) {
        return ErrorMessages.of(e);
    }

    /** Explains an unexpected response, and what to do. */
    public static String explain(HttpResponse<String> response) {
        return ErrorMessages.of(response);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends a GET request.
     *
     * @throws IOException without a complete response in time
     * @throws IllegalArgumentException if the URL is not an HTTP URL
     */
    public HttpResponse<String> get(String path, String mediaType) throws IOException, InterruptedException {
        return send(request(path).header("Accept", mediaType).build());
    }

    /**
     * Posts JSON.
     *
     * @throws IOException without a complete response in time; the exporter may still have accepted the body
     * @throws IllegalArgumentException if the URL is not an HTTP URL
     */
    public HttpResponse<String> post(String path, byte[] json) throws IOException, InterruptedException {
        return post(path, "application/json", json);
    }

    /** The same with a body of another type. */
    public HttpResponse<String> post(String path, String mediaType, byte[] body)
            throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", mediaType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    /** Sends a DELETE request. */
    public HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(request(path).DELETE().build());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(requestTimeout);
        if (authorization != null) { // also of a proxy before the exporter; so the token has a header of its own
            request.header("Authorization", authorization);
        }
        return token == null ? request : request.header(TOKEN, token);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, () -> BodySubscribers.ofString(StandardCharsets.UTF_8), timeout);
    }

    /** The URL without user and password. */
    @Override
    public String toString() {
        return base;
    }
}
