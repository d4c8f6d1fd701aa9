package io.usageexporter.httpclient;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client whose responses are bounded in size and in time, up to the last byte. Follows no redirects.
 * Thread-safe.
 */
public final class BoundedHttpClient implements AutoCloseable {
    /** The largest response body. */
    public static final int MAX_BYTES = 16 << 20;

    private final Duration connectTimeout;
    private final @Nullable ProxySelector proxies;
    private final @Nullable TrustedAuthorities authorities;
    private final Set<Runnable> inFlight = ConcurrentHashMap.newKeySet();
    private @Nullable HttpClient client;
    private volatile boolean closed;

    /** Thrown to callers whose requests {@link #close()} cancels. */
    static final class CanceledException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Does not connect yet.
     *
     * @param proxies null for those that the JVM's properties name
     * @param authorities null for those that Java trusts
     */
    public BoundedHttpClient(
            Duration connectTimeout, @Nullable ProxySelector proxies, @Nullable TrustedAuthorities authorities) {
        this.connectTimeout = connectTimeout;
        this.proxies = proxies;
        this.authorities = authorities;
    }

    /**
     * Sends a request and waits for the complete response.
     *
     * @throws IOException without a complete response in time; see {@link RequestFailure}
     * @throws InterruptedException after canceling the request
     */
    public <T> HttpResponse<T> send(HttpRequest request, Supplier<BodySubscriber<T>> body, Duration timeout)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> response =
                client().sendAsync(request, head -> new BoundedBody<>(body.get(), MAX_BYTES));
        Runnable cancellation = () -> response.cancel(true);
        inFlight.add(cancellation);
        try {
            if (closed) {
                throw new CanceledException();
            }
            // The timeout of HttpRequest ends with the headers, but a body may trickle.
            return response.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("request timed out");
        } catch (CancellationException e) {
            throw new CanceledException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CancellationException) {
                throw new CanceledException();
            }
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            inFlight.remove(cancellation);
            cancellation.run(); // closes the connection of an incomplete response
        }
    }

    /** Created on first use: it costs threads and megabytes, and many exporters poll no provider. */
    private synchronized HttpClient client() {
        if (client == null) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1) // otherwise every plain-text request offers an upgrade
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(connectTimeout);
            if (authorities != null) {
                builder.sslContext(authorities.context());
            }
            client = (proxies == null ? builder : builder.proxy(proxies)).build();
        }
        return client;
    }

    /** Cancels requests in flight and rejects further ones. */
    @Override
    public void close() {
        closed = true;
        inFlight.forEach(Runnable::run);
    }
}
