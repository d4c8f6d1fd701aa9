package io.usageexporter.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Talks HTTP to a running exporter. User and password in its URL are sent as basic authentication and show up nowhere
 * else. Thread-safe.
 */
public final class ExporterClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final String base;
    private final @Nullable String authorization;
    private final Duration timeout;
    private final Duration timeoutOfParts;
    private final HttpClient client;

    /** With a timeout of ten seconds. */
    public ExporterClient(URI url) {
        this(url, TIMEOUT);
    }

    /**
     * Does not connect yet.
     *
     * @param url of the exporter, with the prefix of its paths where it has one
     * @param timeout for a connection, and for a whole request up to the last byte of the answer
     */
    public ExporterClient(URI url, Duration timeout) {
        String whole = url.toString().replaceFirst("/+$", "");
        String userInfo = url.getRawUserInfo();
        this.base = userInfo == null ? whole : whole.replaceFirst(Pattern.quote(userInfo + "@"), "");
        this.authorization = userInfo == null ? null : "Basic " + base64(url.getUserInfo());
        this.timeout = timeout;
        this.timeoutOfParts = timeout.multipliedBy(19).dividedBy(20); // a little less, since it says more
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // else each request of a plain connection asks for an upgrade
                .connectTimeout(timeoutOfParts)
                .build();
    }

    /** Says in words why no answer came, and what to do. */
    public static String explain(IOException e) {
        return ErrorMessages.of(e);
    }

    /** Says that another answer came than one of status 200, and what to do. */
    public static String explain(HttpResponse<String> answer) {
        return ErrorMessages.of(answer);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a page.
     *
     * @throws IOException when there is no whole answer in time
     * @throws IllegalArgumentException when the URL is none of HTTP
     */
    public HttpResponse<String> get(String path, String mediaType) throws IOException, InterruptedException {
        return send(request(path).header("Accept", mediaType).build());
    }

    /**
     * Posts JSON.
     *
     * @throws IOException when there is no whole answer in time, whether or not the exporter took what was posted
     * @throws IllegalArgumentException when the URL is none of HTTP
     */
    public HttpResponse<String> post(String path, byte[] json) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(timeoutOfParts);
        return authorization == null ? request : request.header("Authorization", authorization);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, head -> new BoundedBody());
        try {
            // That of the request ends with the headers; a body may trickle.
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("request timed out");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            answer.cancel(true); // closes the connection, unless the answer is there
        }
    }

    /** The URL without user and password. */
    @Override
    public String toString() {
        return base;
    }
}
