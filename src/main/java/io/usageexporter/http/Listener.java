package io.usageexporter.http;

import io.undertow.UndertowOptions;
import io.undertow.conduits.ReadTimeoutStreamSourceConduit;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.StatusCodes;
import io.usageexporter.config.ConnectionLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * A listening socket and the threads that serve its connections. Built from Undertow's parts, since a server made by its
 * builder cannot stop accepting without closing its open connections.
 */
final class Listener implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Listener.class.getName());
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int BUFFERS_PER_THREAD = 4;
    private static final int WORKERS = 8;
    private static final int ACCEPT_BACKLOG = 1000;
    private static final long UNBOUNDED = -1;
    private static final int SLOW_CLIENT_MS = 60_000;

    /** Refused connections that are kept until their clients have read why; further ones are closed at once. */
    private static final int MAX_LINGERING = 128;

    private final XnioWorker worker;
    private final AcceptingChannel<? extends StreamConnection> socket;

    private Listener(XnioWorker worker, AcceptingChannel<? extends StreamConnection> socket) {
        this.worker = worker;
        this.socket = socket;
    }

    /** Notified of requests that are rejected before they reach the handler. */
    interface Refused {
        /**
         * A request was rejected.
         *
         * @param line null if not even that could be parsed
         */
        void refused(@Nullable InetSocketAddress client, @Nullable RequestLine line, int status);
    }

    /**
     * What applies to each connection.
     *
     * @param heads memory for the heads of requests
     */
    record Rules(
            Refused refused, ConnectionLimits limits, ConnectionCounter counter, Refusals refusals, MemoryLimit heads) {
        private int idleMillis() {
            return (int) limits.idle().toMillis();
        }
    }

    /**
     * Starts to accept connections.
     *
     * @param tls null for plain HTTP
     * @throws UncheckedIOException if the address is not available
     */
    static Listener open(InetSocketAddress address, @Nullable SSLContext tls, HttpHandler handler, Rules rules) {
        OptionMap threads = OptionMap.builder()
                .set(Options.WORKER_NAME, "http")
                .set(Options.WORKER_IO_THREADS, Math.max(2, Runtime.getRuntime().availableProcessors()))
                .set(Options.WORKER_TASK_CORE_THREADS, WORKERS)
                .set(Options.WORKER_TASK_MAX_THREADS, WORKERS)
                .getMap();
        OptionMap sockets = OptionMap.builder()
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BACKLOG, ACCEPT_BACKLOG)
                .set(Options.WRITE_TIMEOUT, SLOW_CLIENT_MS)
                .getMap();
        OptionMap http = OptionMap.builder()
                // Above the limits of RequestHeads, whose encoding grows a target at most threefold.
                .set(UndertowOptions.MAX_HEADER_SIZE, 4 * RequestHead.MAX_BYTES)
                .set(UndertowOptions.MAX_HEADERS, RequestHead.MAX_HEADERS)
                .set(UndertowOptions.MAX_PARAMETERS, RequestLine.MAX_PARAMETERS)
                // Between requests the read timeout holds, which is counted.
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, -1)
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, SLOW_CLIENT_MS)
                // Bounded by the readers of bodies, which respond with a reason, and by UnreadRequest.
                .set(UndertowOptions.MAX_ENTITY_SIZE, UNBOUNDED)
                .getMap();
        var connections =
                new HttpOpenListener(new DefaultByteBufferPool(true, BUFFER_BYTES, -1, BUFFERS_PER_THREAD), http);
        connections.setRootHandler(exchange -> {
            RequestHeads.begin(exchange);
            handler.handleRequest(exchange);
        });
        var lingering = new Semaphore(MAX_LINGERING);
        XnioWorker worker = null;
        try {
            Xnio xnio = Xnio.getInstance(Listener.class.getClassLoader());
            worker = xnio.createWorker(threads);
            ChannelListener<AcceptingChannel<? extends StreamConnection>> accepting =
                    server -> accept(server, connections, rules, lingering);
            AcceptingChannel<? extends StreamConnection> socket = tls == null
                    ? worker.createStreamConnectionServer(address, accepting, sockets)
                    // With buffers of its own, since a record of TLS may be larger than those above.
                    : new UndertowXnioSsl(xnio, OptionMap.EMPTY, tls)
                            .createSslConnectionServer(worker, address, accepting, sockets);
            socket.resumeAccepts();
            return new Listener(worker, socket);
        } catch (IOException e) {
            if (worker != null) {
                worker.shutdownNow();
            }
            throw new UncheckedIOException(e);
        }
    }

    private static void accept(
            AcceptingChannel<? extends StreamConnection> socket,
            HttpOpenListener server,
            Rules rules,
            Semaphore lingering) {
        try {
            StreamConnection connection = socket.accept();
            if (connection != null) {
                accepted(connection, server, rules, lingering);
            } else if (!isDescriptorLeft()) { // else another thread has accepted it
                rules.refusals().add(Refusals.Reason.DESCRIPTORS, null);
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "the listening socket is closed: {0}", e.getMessage());
        }
    }

    /** XNIO logs why it could not accept a connection, but does not tell. */
    private static boolean isDescriptorLeft() {
        try (SocketChannel probe = SocketChannel.open()) {
            return probe.isOpen();
        } catch (IOException e) {
            return false;
        }
    }

    /** Serves a connection, or says why not. */
    private static void accepted(
            StreamConnection connection, HttpOpenListener server, Rules rules, Semaphore lingering) {
        InetSocketAddress client = connection.getPeerAddress(InetSocketAddress.class);
        if (client == null) { // it has just been closed
            IoUtils.safeClose(connection);
            return;
        }
        Refusals.Reason refused = rules.counter().opened(client.getAddress());
        if (refused == null) {
            opened(connection, client, server, rules);
            onClose(connection, () -> rules.counter().closed(client.getAddress()));
            return;
        }
        rules.refusals().add(refused, client);
        if (lingering.tryAcquire()) {
            onClose(connection, lingering::release);
            Refuser.refuse(
                    connection,
                    connection.getSourceChannel().getConduit(),
                    new Problem(
                            StatusCodes.SERVICE_UNAVAILABLE,
                            "too many connections are open"
                                    + (refused == Refusals.Reason.CONNECTIONS ? "" : " from this address")
                                    + "; close some, or retry later"));
        } else {
            IoUtils.safeClose(connection);
        }
    }

    /** Inserts RequestHeads, and below it the idle timeout, between the socket and the server. */
    private static void opened(
            StreamConnection connection, InetSocketAddress client, HttpOpenListener server, Rules rules) {
        ConduitStreamSourceChannel channel = connection.getSourceChannel();
        var source = new ReadTimeoutStreamSourceConduit(new StayingSource(channel), connection, server);
        var heads = new RequestHeads(
                source,
                (why, line) -> {
                    rules.refused().refused(client, line, why.status());
                    Refuser.refuse(connection, source, new Problem(why.status(), String.valueOf(why.getMessage())));
                },
                () -> rules.refusals().add(Refusals.Reason.IDLE, client),
                rules.heads(),
                rules.limits().head());
        channel.setConduit(heads);
        server.handleEvent(connection);
        onClose(connection, heads::closed);
        try {
            // Set last: otherwise the server would put its timeout above RequestHeads.
            connection.setOption(Options.READ_TIMEOUT, rules.idleMillis());
            source.resumeReads(); // begins it
        } catch (IOException e) { // the socket has just been closed
            IoUtils.safeClose(connection);
        }
    }

    /** Runs something once when the connection is closed, also if it already is, before whatever else does then. */
    private static void onClose(StreamConnection connection, Runnable action) {
        var done = new AtomicBoolean();
        Runnable once = () -> {
            if (done.compareAndSet(false, true)) {
                action.run();
            }
        };
        ChannelListener<? super StreamConnection> others = connection.getCloseListener();
        connection.setCloseListener(ended -> {
            once.run();
            ChannelListeners.invokeChannelListener(ended, others);
        });
        if (!connection.isOpen()) {
            once.run();
        }
    }

    int port() {
        return socket.getLocalAddress(InetSocketAddress.class).getPort();
    }

    /** Accepts no further connections; open ones continue. */
    void stopAccepting() {
        IoUtils.safeClose(socket);
    }

    /** Stops the threads, which closes all connections. */
    @Override
    public void close() {
        stopAccepting();
        worker.shutdownNow();
    }
}
