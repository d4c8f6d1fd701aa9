package io.usageexporter.http;

import io.undertow.util.ClosingChannelExceptionHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Responds to a request that the server never sees, and closes the connection, but not before the client has read the
 * response or disconnected: closing with unread data would reset the connection and discard the response.
 */
final class Refuser {
    private static final long LINGER_SECONDS = 2;
    private static final int DISCARD_BYTES = 16 * 1024;

    private final StreamConnection connection;
    private final StreamSourceConduit source;
    private final ByteBuffer discarded = ByteBuffer.allocate(DISCARD_BYTES);

    /** @param source of the connection, below RequestHeads */
    private Refuser(StreamConnection connection, StreamSourceConduit source) {
        this.connection = connection;
        this.source = source;
    }

    /** Schedules the response on the connection's I/O thread. */
    static void refuse(StreamConnection connection, StreamSourceConduit source, Problem problem) {
        var refuser = new Refuser(connection, source);
        connection.getIoThread().execute(() -> refuser.respond(problem));
    }

    private void respond(Problem problem) {
        connection.getSourceChannel().suspendReads();
        connection.getIoThread().executeAfter(() -> IoUtils.safeClose(connection), LINGER_SECONDS, TimeUnit.SECONDS);
        write(connection.getSinkChannel(), ByteBuffer.wrap(problem.response().getBytes(StandardCharsets.UTF_8)));
    }

    private void write(StreamSinkChannel sink, ByteBuffer left) {
        try {
            while (left.hasRemaining()) {
                if (sink.write(left) == 0) {
                    sink.getWriteSetter().set(channel -> write(channel, left));
                    sink.resumeWrites();
                    return;
                }
            }
            sink.shutdownWrites();
            if (sink.flush()) {
                discard();
            } else {
                sink.getWriteSetter()
                        .set(ChannelListeners.flushingChannelListener(
                                flushed -> discard(), new ClosingChannelExceptionHandler<>(connection)));
                sink.resumeWrites();
            }
        } catch (IOException e) { // the client disconnected
            IoUtils.safeClose(connection);
        }
    }

    private void discard() {
        connection.getSinkChannel().suspendWrites();
        connection.getSourceChannel().setReadListener(channel -> discard());
        try {
            int count;
            do {
                count = source.read(discarded.clear());
            } while (count > 0);
            if (count < 0) {
                IoUtils.safeClose(connection);
            } else {
                connection.getSourceChannel().resumeReads();
            }
        } catch (IOException e) { // the client disconnected
            IoUtils.safeClose(connection);
        }
    }
}
