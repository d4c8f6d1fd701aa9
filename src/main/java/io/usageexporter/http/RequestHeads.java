package io.usageexporter.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.StatusCodes;
import io.usageexporter.gateway.SequentialSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.channels.ReadTimeoutException;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Reads request heads ahead of the server, which rejects without a reason some that a provider would accept. The server
 * gets a head that it accepts; invalid ones are rejected with a reason. Bytes between heads pass unchanged. Confined to
 * the I/O thread of one connection.
 */
final class RequestHeads extends SequentialSource {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Heads up to this size need no reservation. */
    private static final int UNRESERVED_BYTES = 4 * 1024;

    /** How many copies of a head, as bytes and as text, are in memory until its exchange ends. */
    private static final int COPIES = 4;

    private final Refusal refusal;
    private final Runnable silent;
    private final MemoryLimit memory;
    private final Duration timeout;
    private long reserved;
    private boolean closed;
    private boolean isSilent;
    private RequestHead head = new RequestHead();
    private State state = State.HEAD;
    private XnioExecutor.@Nullable Key deadline;
    private ByteBuffer held = NOTHING;

    private enum State {
        HEAD,
        BODY,
        REFUSED
    }

    /** Responds to an invalid request, and closes its connection. */
    interface Refusal {
        /**
         * Responds to the request.
         *
         * @param line null if not even that could be parsed
         */
        void refuse(RefusedHeadException why, @Nullable RequestLine line);
    }

    /**
     * Reads ahead of the server.
     *
     * @param silent called once, if the connection is closed since its client sent nothing for too long
     * @param memory of the heads of all connections; unless bounded, a few hundred large ones would fill a small heap
     * @param timeout of a head from its first byte on, in which a client sends less than it costs
     */
    RequestHeads(
            StreamSourceConduit connection, Refusal refusal, Runnable silent, MemoryLimit memory, Duration timeout) {
        super(connection);
        this.silent = silent;
        this.timeout = timeout;
        this.refusal = refusal;
        this.memory = memory;
    }

    private synchronized void reserve(int bytes) throws RefusedHeadException {
        long more = bytes <= UNRESERVED_BYTES ? 0 : (long) COPIES * bytes - reserved;
        if (closed || more <= 0) {
            return;
        }
        if (!memory.reserveIfFits(more)) {
            throw new RefusedHeadException(
                    StatusCodes.SERVICE_UNAVAILABLE,
                    "too many requests with large heads are in progress; retry later, or send fewer or shorter headers");
        }
        reserved += more;
    }

    private synchronized void release() {
        memory.release(reserved);
        reserved = 0;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** The connection closed. For any thread. */
    synchronized void closed() {
        closed = true;
        release();
    }

    private static RequestHeads of(HttpServerExchange exchange) {
        var connection = (HttpServerConnection) exchange.getConnection();
        return (RequestHeads) connection.getOriginalSourceConduit();
    }

    /** Called once per exchange, before its headers are read. */
    static void begin(HttpServerExchange exchange) {
        RequestHeads heads = of(exchange);
        heads.head.restore(exchange.getRequestHeaders());
        exchange.addExchangeCompleteListener((done, next) -> {
            heads.end((HttpServerConnection) done.getConnection());
            next.proceed();
        });
    }

    /** The original target of a request, one character per byte. */
    static String target(HttpServerExchange exchange) {
        RequestLine line = of(exchange).head.line();
        return line == null ? exchange.getRequestURI() : line.target();
    }

    /** Bytes that the server read beyond this exchange belong to the next head. */
    private void end(HttpServerConnection connection) {
        PooledByteBuffer beyond = connection.getExtraBytes();
        if (beyond != null) {
            held = joined(beyond.getBuffer(), held);
            beyond.close();
            connection.setExtraBytes(null);
        }
        head = new RequestHead(head);
        state = State.HEAD;
        release();
    }

    private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
        return ByteBuffer.allocate(first.remaining() + second.remaining())
                .put(first)
                .put(second)
                .flip();
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return switch (state) {
            case HEAD -> readHead(dst);
            case BODY -> readRaw(dst);
            case REFUSED -> 0;
        };
    }

    private int readRaw(ByteBuffer dst) throws IOException {
        if (!held.hasRemaining()) {
            return readNext(dst);
        }
        int count = Math.min(held.remaining(), dst.remaining());
        dst.put(held.slice(held.position(), count));
        held.position(held.position() + count);
        if (!held.hasRemaining()) {
            held = NOTHING;
        }
        return count;
    }

    private int readNext(ByteBuffer dst) throws IOException {
        try {
            return next.read(dst);
        } catch (ReadTimeoutException e) {
            if (!isSilent) {
                isSilent = true;
                silent.run();
            }
            throw e;
        }
    }

    private int readHead(ByteBuffer dst) throws IOException {
        int start = dst.position();
        try {
            while (true) {
                int count = readRaw(dst);
                if (count <= 0) {
                    awaitRest();
                    return count;
                }
                boolean complete = head.take(dst.slice(start, count));
                dst.position(start);
                reserve(head.length());
                RequestLine line = head.line();
                if (complete && line != null) {
                    return pass(line, dst, start, count);
                }
            }
        } catch (RefusedHeadException e) {
            dst.position(start);
            refuse(e);
            return 0;
        }
    }

    private void refuse(RefusedHeadException why) {
        stopDeadline();
        state = State.REFUSED;
        refusal.refuse(why, head.line());
        head = new RequestHead();
        release();
    }

    /** Sets a deadline for an incomplete head. Most arrive at once. */
    private void awaitRest() {
        if (deadline == null && head.size() > 0) {
            deadline = next.getReadThread().executeAfter(this::onTimeout, timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void onTimeout() {
        deadline = null;
        if (state == State.HEAD && !isClosed()) {
            refuse(new RefusedHeadException(
                    StatusCodes.REQUEST_TIME_OUT,
                    "the headers of a request must arrive within " + timeout.toMillis() / 1000.0
                            + " s (--web.head-timeout)"));
        }
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.remove();
            deadline = null;
        }
    }

    /** Passes a complete head to the server: as it stands in the buffer, if it can. */
    private int pass(RequestLine line, ByteBuffer dst, int start, int count) throws IOException {
        stopDeadline();
        boolean isInBuffer = count == head.size() && head.isForServer(line);
        if (!isInBuffer) {
            held = joined(head.forServer(line), held);
        }
        head.forgetInput();
        state = State.BODY;
        if (isInBuffer) {
            dst.position(start + count);
            return count;
        }
        return readRaw(dst);
    }

    @Override
    public void resumeReads() {
        if (held.hasRemaining()) {
            next.wakeupReads();
        } else {
            next.resumeReads();
        }
    }

    @Override
    public void awaitReadable() throws IOException {
        if (!held.hasRemaining()) {
            next.awaitReadable();
        }
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) throws IOException {
        if (!held.hasRemaining()) {
            next.awaitReadable(time, unit);
        }
    }
}
