package io.usageexporter.gateway;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.ServerConnection;
import io.usageexporter.outgoing.OutgoingProxies;
import io.usageexporter.outgoing.OutgoingProxy;
import io.usageexporter.outgoing.OutgoingProxyException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

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
    private final @Nullable HandshakeTimeoutSsl ssl;
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

    private static HandshakeTimeoutSsl ssl() {
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
        ConnectListener once = new ConnectListener() {
            @Override
            public void connected(ProviderConnection connection) {
                deadline.remove();
                if (called.compareAndSet(false, true)) {
                    callback.connected(connection);
                } else {
                    connection.close();
                }
            }

            @Override
            public void failed(IOException e) {
                deadline.remove();
                if (called.compareAndSet(false, true)) {
                    callback.failed(e);
                }
            }
        };
        // Resolving the host's name may block, which an I/O thread must not.
        client.getWorker().execute(() -> {
            try {
                OutgoingProxy proxy = OutgoingProxies.ofProcess().to(uri);
                if (proxy == null) {
                    connectDirectly(thread, client.getByteBufferPool(), once);
                } else {
                    connectThrough(proxy, thread, client.getByteBufferPool(), once);
                }
            } catch (IOException e) {
                thread.execute(() -> once.failed(e));
            } catch (RuntimeException e) {
                thread.execute(() -> once.failed(new IOException(e.getClass().getSimpleName(), e)));
            }
        });
    }

    private int port() {
        return uri.getPort() >= 0 ? uri.getPort() : ssl == null ? HTTP_PORT : HTTPS_PORT;
    }

    private void connectDirectly(XnioIoThread thread, ByteBufferPool pool, ConnectListener callback) {
        var address = new InetSocketAddress(uri.getHost(), port());
        IoFuture<? extends StreamConnection> opening = ssl == null
                ? thread.openStreamConnection(address, null, OPTIONS)
                : ssl.openSslConnection(thread, address, null, OPTIONS);
        opening.addNotifier(
                new Opened(
                        thread,
                        connection -> callback.connected(new ProviderConnection(connection, pool, null)),
                        callback::failed),
                null);
    }

    /** For HTTPS through a tunnel, which the proxy cannot look into; for HTTP the proxy forwards each request. */
    private void connectThrough(
            OutgoingProxy proxy, XnioIoThread thread, ByteBufferPool pool, ConnectListener callback) {
        var address = new InetSocketAddress(proxy.host(), proxy.port());
        Opened opened = new Opened(
                thread,
                connection -> {
                    if (ssl == null) {
                        var relay = new ProviderConnection.Relay(proxy, uri.getScheme() + "://" + host());
                        callback.connected(new ProviderConnection(connection, pool, relay));
                    } else {
                        tunnel(connection, ssl, proxy, pool, callback);
                    }
                },
                e -> callback.failed(new OutgoingProxyException("the proxy " + proxy + " cannot be reached ("
                        + e.getClass().getSimpleName() + ")")));
        if (address.isUnresolved()) {
            opened.handleFailed(new UnknownHostException(), null);
        } else {
            thread.openStreamConnection(address, null, OPTIONS).addNotifier(opened, null);
        }
    }

    private void tunnel(
            StreamConnection connection,
            HandshakeTimeoutSsl tls,
            OutgoingProxy proxy,
            ByteBufferPool pool,
            ConnectListener callback) {
        XnioExecutor.Key deadline = connection
                .getIoThread()
                .executeAfter(() -> IoUtils.safeClose(connection), CONNECT_SECONDS, TimeUnit.SECONDS);
        String target = uri.getPort() >= 0 ? host() : host() + ":" + port();
        ProxyTunnel.open(connection, pool, proxy, target, new ProxyTunnel.Listener() {
            @Override
            public void onOpen() {
                deadline.remove();
                StreamConnection secure = tls.within(connection, uri.getHost(), port(), OPTIONS);
                callback.connected(new ProviderConnection(secure, pool, null));
            }

            @Override
            public void onFailure(OutgoingProxyException e) {
                deadline.remove();
                callback.failed(e);
            }
        });
    }

    /** Calls back on an I/O thread. */
    private static final class Opened extends IoFuture.HandlingNotifier<StreamConnection, Void> {
        private final XnioIoThread thread;
        private final Consumer<StreamConnection> connected;
        private final Consumer<IOException> failed;

        Opened(XnioIoThread thread, Consumer<StreamConnection> connected, Consumer<IOException> failed) {
            this.thread = thread;
            this.connected = connected;
            this.failed = failed;
        }

        @Override
        public void handleDone(StreamConnection connection, Void none) {
            thread.execute(() -> connected.accept(connection));
        }

        @Override
        public void handleFailed(IOException e, Void none) {
            thread.execute(() -> failed.accept(e));
        }
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
