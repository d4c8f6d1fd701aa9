package io.usageexporter.gateway;

import io.undertow.UndertowOptions;
import io.undertow.server.ServerConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;
import org.xnio.ssl.XnioSsl;

/**
 * A provider's API and the pool of idle connections to it. Each connection stays on one I/O thread. TLS checks the
 * certificate and the host's name as the JDK does. Thread-safe.
 */
final class Upstream implements AutoCloseable {
    private static final long CONNECT_SECONDS = 10;

    /** Shorter than the keep-alive timeout of servers, which might close a connection just when a call is sent. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int MAX_IDLE = 128;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private static final OptionMap OPTIONS = OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            .set(Options.KEEP_ALIVE, true)
            .set(UndertowOptions.ENDPOINT_IDENTIFICATION_ALGORITHM, "HTTPS")
            .getMap();

    private final URI uri;
    private final Duration idleTimeout;
    private final @Nullable XnioSsl ssl;
    private final Map<XnioIoThread, ArrayDeque<Idle>> idle = new ConcurrentHashMap<>();

    /** Receives a new connection, on its I/O thread: one of the two, once. */
    interface ConnectListener {
        void connected(ProviderConnection connection);

        void failed(IOException e);
    }

    private record Idle(ProviderConnection connection, long since) {}

    /** @param idleTimeout how long the provider may be silent while it is waited for */
    Upstream(URI uri, Duration idleTimeout) {
        this.uri = uri;
        this.idleTimeout = idleTimeout;
        this.ssl = uri.getScheme().equals("https") ? ssl() : null;
    }

    private static XnioSsl ssl() {
        try {
            return new HandshakeTimeoutSsl(SSLContext.getDefault(), CONNECT_SECONDS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no TLS", e);
        }
    }

    /** Host and port as the header {@code Host} names them. */
    String host() {
        return uri.getRawAuthority();
    }

    Duration idleTimeout() {
        return idleTimeout;
    }

    /** The path of a call on that host. */
    String path(String below) {
        return uri.getRawPath() + below;
    }

    /** Returns an idle connection of this thread, or null. */
    @Nullable
    ProviderConnection acquire(XnioIoThread thread) {
        ArrayDeque<Idle> pool = idle.computeIfAbsent(thread, key -> new ArrayDeque<>());
        for (Idle last = pool.pollLast(); last != null; last = pool.pollLast()) {
            if (System.nanoTime() - last.since() >= IDLE_NANOS) {
                last.connection().close();
            } else if (last.connection().isSilent()) {
                return last.connection();
            }
        }
        return null;
    }

    /** Opens a connection on the I/O thread of a client's connection; calls back there, once. */
    void connect(ServerConnection client, ConnectListener callback) {
        XnioIoThread thread = client.getIoThread();
        var called = new AtomicBoolean();
        XnioExecutor.Key deadline = thread.executeAfter(
                () -> {
                    if (called.compareAndSet(false, true)) {
                        callback.failed(new IOException("no connection within " + CONNECT_SECONDS + " s"));
                    }
                },
                CONNECT_SECONDS,
                TimeUnit.SECONDS);
        var notifier = new IoFuture.HandlingNotifier<StreamConnection, Void>() {
            @Override
            public void handleDone(StreamConnection connection, Void none) {
                thread.execute(() -> {
                    deadline.remove();
                    if (called.compareAndSet(false, true)) {
                        callback.connected(new ProviderConnection(connection, client.getByteBufferPool()));
                    } else {
                        IoUtils.safeClose(connection);
                    }
                });
            }

            @Override
            public void handleFailed(IOException e, Void none) {
                thread.execute(() -> {
                    deadline.remove();
                    if (called.compareAndSet(false, true)) {
                        callback.failed(e);
                    }
                });
            }
        };
        // Resolving the host's name may block, which an I/O thread must not.
        client.getWorker().execute(() -> {
            try {
                open(thread).addNotifier(notifier, null);
            } catch (RuntimeException e) {
                notifier.handleFailed(new IOException(e.getClass().getSimpleName(), e), null);
            }
        });
    }

    private IoFuture<? extends StreamConnection> open(XnioIoThread thread) {
        int port = uri.getPort() >= 0 ? uri.getPort() : ssl == null ? HTTP_PORT : HTTPS_PORT;
        var address = new InetSocketAddress(uri.getHost(), port);
        return ssl == null
                ? thread.openStreamConnection(address, null, OPTIONS)
                : ssl.openSslConnection(thread, address, null, OPTIONS);
    }

    /** Returns a connection whose call is complete to the pool, on its thread. */
    void release(ProviderConnection connection) {
        ArrayDeque<Idle> pool = idle.computeIfAbsent(connection.ioThread(), key -> new ArrayDeque<>());
        if (pool.size() >= MAX_IDLE) {
            connection.close();
            return;
        }
        if (!connection.reset()) {
            return;
        }
        long now = System.nanoTime();
        while (!pool.isEmpty() && now - pool.peekFirst().since() > IDLE_NANOS) {
            pool.pollFirst().connection().close();
        }
        pool.addLast(new Idle(connection, now));
    }

    /** Closes the idle connections. */
    @Override
    public void close() {
        idle.forEach((thread, pool) -> thread.execute(() -> {
            pool.forEach(each -> each.connection().close());
            pool.clear();
        }));
    }
}
