package io.usageexporter.gateway;

import io.undertow.UndertowOptions;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.UndertowClient;
import io.undertow.server.ServerConnection;
import java.io.IOException;
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
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
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

    private final URI uri;
    private final Duration patience;
    private final @Nullable XnioSsl ssl;
    private final OptionMap options;
    private final Map<XnioIoThread, ArrayDeque<Idle>> idle = new ConcurrentHashMap<>();

    private record Idle(ClientConnection connection, long since) {}

    /** @param patience how long the provider may be silent while it is waited for */
    Upstream(URI uri, Duration patience) {
        this.uri = uri;
        this.patience = patience;
        this.ssl = uri.getScheme().equals("https") ? ssl() : null;
        this.options = OptionMap.builder()
                .set(UndertowOptions.ENABLE_HTTP2, false)
                .set(Options.TCP_NODELAY, true)
                .set(Options.KEEP_ALIVE, true)
                .getMap();
    }

    private static XnioSsl ssl() {
        try {
            return new PromptTls(SSLContext.getDefault(), CONNECT_SECONDS);
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
    ClientConnection takeIdle(XnioIoThread thread) {
        ArrayDeque<Idle> waiting = idle.computeIfAbsent(thread, key -> new ArrayDeque<>());
        for (Idle last = waiting.pollLast(); last != null; last = waiting.pollLast()) {
            if (last.connection().isOpen() && System.nanoTime() - last.since() < IDLE_NANOS) {
                return last.connection();
            }
            IoUtils.safeClose(last.connection());
        }
        return null;
    }

    /** Makes a new connection on the thread of a client's; calls back there, once. */
    void connect(ServerConnection client, ClientCallback<ClientConnection> callback) {
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
        var once = new ClientCallback<ClientConnection>() {
            @Override
            public void completed(ClientConnection connection) {
                thread.execute(() -> {
                    deadline.remove();
                    if (answered.compareAndSet(false, true)) {
                        callback.completed(connection);
                    } else {
                        IoUtils.safeClose(connection);
                    }
                });
            }

            @Override
            public void failed(IOException e) {
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
                UndertowClient.getInstance().connect(once, uri, thread, ssl, client.getByteBufferPool(), options);
            } catch (RuntimeException e) {
                once.failed(new IOException(e.getClass().getSimpleName(), e));
            }
        });
    }

    /** Takes back a connection whose call is complete, on its thread. */
    void giveBack(ClientConnection connection) {
        ArrayDeque<Idle> waiting = idle.computeIfAbsent(connection.getIoThread(), key -> new ArrayDeque<>());
        if (!connection.isOpen() || waiting.size() >= MAX_IDLE) {
            IoUtils.safeClose(connection);
            return;
        }
        long now = System.nanoTime();
        while (!waiting.isEmpty() && now - waiting.peekFirst().since() > IDLE_NANOS) {
            IoUtils.safeClose(waiting.pollFirst().connection());
        }
        waiting.addLast(new Idle(connection, now));
    }

    /**
     * Closes a connection in the middle of a call, so that the provider hears of it at once. The library's own way to
     * close waits up to ten seconds for the provider's next byte.
     */
    static void breakOff(ClientConnection connection) {
        try {
            IoUtils.safeClose(connection.performUpgrade());
        } catch (IOException e) { // it is closed already
            IoUtils.safeClose(connection);
        }
    }

    /** Closes the connections that wait. */
    @Override
    public void close() {
        idle.forEach((thread, waiting) -> thread.execute(() -> {
            waiting.forEach(each -> IoUtils.safeClose(each.connection()));
            waiting.clear();
        }));
    }
}
