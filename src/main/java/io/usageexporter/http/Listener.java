package io.usageexporter.http;

import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.usageexporter.intake.BodyReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * A listening socket and the threads that serve its connections. Built from Undertow's parts, since its builder gives a
 * server that cannot stop to accept without breaking the connections that it has.
 */
final class Listener implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int BUFFERS_PER_THREAD = 4;
    private static final int WORKERS = 8;
    private static final int BACKLOG = 1000;
    private static final int IDLE_MS = 75_000;
    private static final int SLOW_CLIENT_MS = 60_000;

    private final XnioWorker worker;
    private final AcceptingChannel<StreamConnection> socket;

    private Listener(XnioWorker worker, AcceptingChannel<StreamConnection> socket) {
        this.worker = worker;
        this.socket = socket;
    }

    /** @throws UncheckedIOException when the address cannot be had */
    static Listener open(InetSocketAddress address, HttpHandler handler) {
        OptionMap threads = OptionMap.builder()
                .set(Options.WORKER_NAME, "http")
                .set(Options.WORKER_IO_THREADS, Math.max(2, Runtime.getRuntime().availableProcessors()))
                .set(Options.WORKER_TASK_CORE_THREADS, WORKERS)
                .set(Options.WORKER_TASK_MAX_THREADS, WORKERS)
                .getMap();
        OptionMap sockets = OptionMap.builder()
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BACKLOG, BACKLOG)
                .set(Options.READ_TIMEOUT, IDLE_MS)
                .set(Options.WRITE_TIMEOUT, SLOW_CLIENT_MS)
                .getMap();
        OptionMap http = OptionMap.builder()
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MS)
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, SLOW_CLIENT_MS)
                // Past what BodyReceiver takes, so that a body too large gets its answer.
                .set(UndertowOptions.MAX_ENTITY_SIZE, 2L * BodyReader.MAX_BATCH_BYTES)
                .getMap();
        var connections =
                new HttpOpenListener(new DefaultByteBufferPool(true, BUFFER_BYTES, -1, BUFFERS_PER_THREAD), http);
        connections.setRootHandler(handler);
        XnioWorker worker = null;
        try {
            worker = Xnio.getInstance(Listener.class.getClassLoader()).createWorker(threads);
            AcceptingChannel<StreamConnection> socket = worker.createStreamConnectionServer(
                    address, ChannelListeners.openListenerAdapter(connections), sockets);
            socket.resumeAccepts();
            return new Listener(worker, socket);
        } catch (IOException e) {
            if (worker != null) {
                worker.shutdownNow();
            }
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return socket.getLocalAddress(InetSocketAddress.class).getPort();
    }

    /** Takes no more connections; those that are open go on. */
    void stopAccepting() {
        IoUtils.safeClose(socket);
    }

    /** Ends the threads, and with them the connections. */
    @Override
    public void close() {
        stopAccepting();
        worker.shutdownNow();
    }
}
