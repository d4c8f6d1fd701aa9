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
 * A provider's API, and the connections to it that wait for their next call. Each stays on one I/O thread. TLS checks the
 * certificate and the host's name as the JDK does. Thread-safe.
 */
final class Upstream implements AutoCloseable {
    private static final long CONNECT_SECONDS = 10;

    /** Shorter than a server waits before it closes a connection, which it might do just when a call comes. */
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
    private final Duration patience;
    private final @Nullable XnioSsl ssl;
    private final Map<XnioIoThread, ArrayDeque<Idle>> idle = new ConcurrentHashMap<>();

    /** Receives a new connection, on its I/O thread: one of the two, once. */
    interface ConnectListener {
        void connected(ProviderConnection connection);

        void failed(IOException e);
    }

    private record Idle(ProviderConnection connection, long since) {}

    /** @param patience how long the provider may be silent while it is waited for */
    Upstream(URI uri, Duration patience) {
        this.uri = uri;
        this.patience = patience;
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

    Duration patience() {
        return patience;
    }

    /** The path of a call on that host. */
    String path(String below) {
        return uri.getRawPath() + below;
    }

    /** The URL below which all of its calls are. */
    String base() {
        return uri.toString();
    }

    /** A connection of this thread that waits, or null. */
    @Nullable
    ProviderConnection takeIdle(XnioIoThread thread) {
        ArrayDeque<Idle> waiting = idle.computeIfAbsent(thread, key -> new ArrayDeque<>());
        for (Idle last = waiting.pollLast(); last != null; last = waiting.pollLast()) {
            if (System.nanoTime() - last.since() >= IDLE_NANOS) {
                last.connection().close();
            } else if (last.connection().isSilent()) {
                return last.connection();
            }
        }
        return null;
    }

    /** Makes a new connection on the thread of a client's; calls back there, once. */
    void connect(ServerConnection client, ConnectListener callback) {
        XnioIoThread thread = client.getIoThread();
        var answered = new AtomicBoolean();
        XnioExecutor.Key deadline = thread.executeAfter(
                () -> {
                    if (answered.compareAndSet(false, true)) {
                        callback.failed(new IOException("no connection within " + CONNECT_SECONDS + " s"));
                    }
                },
                CONNECT_SECONDS,
                TimeUnit.SECONDS);
        var once = new IoFuture.HandlingNotifier<StreamConnection, Void>() {
            @Override
            public void handleDone(StreamConnection connection, Void none) {
                thread.execute(() -> {
                    deadline.remove();
                    if (answered.compareAndSet(false, true)) {
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
                    if (answered.compareAndSet(false, true)) {
                        callback.failed(e);
                    }
                });
            }
        };
        // The look-up of the host's name may take its time, which the I/O thread has not.
        client.getWorker().execute(() -> {
            try {
                open(thread).addNotifier(once, null);
            } catch (RuntimeException e) {
                once.handleFailed(new IOException(e.getClass().getSimpleName(), e), null);
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

    /** Takes back a connection whose call is complete, on its thread. */
    void giveBack(ProviderConnection connection) {
        ArrayDeque<Idle> waiting = idle.computeIfAbsent(connection.ioThread(), key -> new ArrayDeque<>());
        if (waiting.size() >= MAX_IDLE) {
            connection.close();
            return;
        }
        if (!connection.reset()) {
            return;
        }
        long now = System.nanoTime();
        while (!waiting.isEmpty() && now - waiting.peekFirst().since() > IDLE_NANOS) {
            waiting.pollFirst().connection().close();
        }
        waiting.addLast(new Idle(connection, now));
    }

    /** Closes the connections that wait. */
    @Override
    public void close() {
        idle.forEach((thread, waiting) -> thread.execute(() -> {
            waiting.forEach(each -> each.connection().close());
            waiting.clear();
        }));
    }
}
