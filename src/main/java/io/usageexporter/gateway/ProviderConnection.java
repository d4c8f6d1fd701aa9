package io.usageexporter.gateway;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import io.usageexporter.outgoing.OutgoingProxy;
import io.usageexporter.outgoing.OutgoingProxyException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A connection to a provider, which carries one request and its response at a time (HTTP/1.1, RFC 9112). Undertow's own
 * client takes an informational response for the final one, and a response without a length for an empty one. Here each
 * response belongs to the request before it for certain: a connection on which anything else came is not used again. For
 * its I/O thread.
 */
final class ProviderConnection implements Closeable {
    /** Informational responses before the final one; a provider that sends more is broken. */
    private static final int MAX_INFORMATIONAL = 100;

    private final StreamConnection connection;
    private final ByteBufferPool pool;
    private final @Nullable Relay relay;
    private final StreamSourceConduit source;
    private final StreamSinkConduit sink;
    private @Nullable Listener listener;
    private HttpString method = new HttpString("");
    private ResponseHeadParser parser = new ResponseHeadParser();
    private int informational;
    private @Nullable RequestSink request;
    private @Nullable ResponseSource response;
    private boolean reliable;

    /**
     * A proxy that takes requests with the whole URL for their target.
     *
     * @param origin scheme and host of the provider
     */
    record Relay(OutgoingProxy proxy, String origin) {
        private String target(String target, HeaderMap headers) {
            if (proxy.authorization() != null) {
                headers.put(Headers.PROXY_AUTHORIZATION, proxy.authorization());
            }
            return origin + target;
        }
    }

    /** Receives the response to one request: exactly one call, or none if the connection is closed here first. */
    interface Listener {
        /**
         * The head of the final response arrived.
         *
         * @param body to be read to its end
         */
        void onResponse(ResponseHead head, StreamSourceChannel body);

        /** There will be no response. The connection is closed. */
        void onFailure(IOException e);
    }

    /**
     * Reads and writes on an open connection.
     *
     * @param relay that takes the requests; null where the connection leads to the provider itself
     */
    ProviderConnection(StreamConnection connection, ByteBufferPool pool, @Nullable Relay relay) {
        this.connection = connection;
        this.relay = relay;
        this.pool = pool;
        this.source = connection.getSourceChannel().getConduit();
        this.sink = connection.getSinkChannel().getConduit();
        connection.getCloseSetter().set(closed -> fail(new IOException("closed the connection")));
    }

    XnioIoThread ioThread() {
        return connection.getIoThread();
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    /**
     * Sends a request.
     *
     * @param hasBody whether a body is to be written to the channel that is returned, and ended there
     */
    StreamSinkChannel send(HttpString method, String target, HeaderMap headers, boolean hasBody, Listener listener) {
        this.method = method;
        this.listener = listener;
        parser = new ResponseHeadParser();
        informational = 0;
        response = null;
        String sent = relay == null ? target : relay.target(target, headers);
        request = new RequestSink(sink, head(method, sent, headers), headers.contains(Headers.TRANSFER_ENCODING));
        ConduitStreamSinkChannel channel = connection.getSinkChannel();
        channel.setConduit(request);
        connection.getSourceChannel().setReadListener(readable -> read());
        connection.getSourceChannel().resumeReads();
        if (!hasBody) {
            channel.setWriteListener(writable -> flush());
            flush();
        }
        return channel;
    }

    private void flush() {
        ConduitStreamSinkChannel channel = connection.getSinkChannel();
        try {
            channel.shutdownWrites();
            if (channel.flush()) {
                channel.suspendWrites();
            } else {
                channel.resumeWrites();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /** The server reads each byte as a character, and each character is written as a byte. */
    private static byte[] head(HttpString method, String target, HeaderMap headers) {
        var head = new StringBuilder(1024);
        head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        for (HeaderValues values : headers) {
            for (String value : values) {
                head.append(values.getHeaderName()).append(": ").append(value).append("\r\n");
            }
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void read() {
        PooledByteBuffer pooled = pool.allocate();
        try {
            ByteBuffer buffer = pooled.getBuffer();
            ResponseHead head = null;
            while (head == null) {
                int count = source.read(buffer.clear());
                buffer.flip();
                if (count == 0) {
                    return;
                }
                if (count < 0) {
                    throw new IOException("closed the connection");
                }
                head = finalHead(buffer);
            }
            if (relay != null && head.status() == StatusCodes.PROXY_AUTHENTICATION_REQUIRED) {
                throw OutgoingProxyException.refused(relay.proxy(), head.status());
            }
            BodyFraming framing = head.framing(method);
            reliable = framing.isReliable() && head.isPersistent();
            ConduitStreamSourceChannel channel = connection.getSourceChannel();
            channel.suspendReads();
            channel.setReadListener(null);
            response = new ResponseSource(source, pool, framing, buffer.hasRemaining() ? pooled : null);
            pooled = buffer.hasRemaining() ? null : pooled;
            channel.setConduit(response);
            Listener to = listener;
            listener = null;
            if (to != null) {
                to.onResponse(head, channel);
            }
        } catch (IOException e) {
            fail(e);
        } finally {
            if (pooled != null) {
                pooled.close();
            }
        }
    }

    /** The head of the final response; informational ones before it are dropped. Null when more bytes are needed. */
    private @Nullable ResponseHead finalHead(ByteBuffer buffer) throws MalformedResponseException {
        while (true) {
            ResponseHead head = parser.parse(buffer);
            if (head == null || !head.isInformational()) {
                return head;
            }
            if (head.status() == StatusCodes.SWITCHING_PROTOCOLS) {
                throw new MalformedResponseException("a switch of protocols that was not asked for");
            }
            if (++informational > MAX_INFORMATIONAL) {
                throw new MalformedResponseException("too many informational responses");
            }
            parser = new ResponseHeadParser();
        }
    }

    private void fail(IOException e) {
        Listener to = listener;
        listener = null;
        close();
        if (to != null) {
            to.onFailure(e);
        }
    }

    /** Whether the request was written to its end. */
    boolean isRequestSent() {
        return request != null && request.isSent();
    }

    /**
     * Makes the connection ready for another request.
     *
     * @return false when it cannot be used again; it is then closed
     */
    boolean reset() {
        boolean complete = response != null && response.isComplete() && isRequestSent();
        if (!connection.isOpen() || !reliable || !complete) {
            close();
            return false;
        }
        ConduitStreamSourceChannel channel = connection.getSourceChannel();
        connection.getSinkChannel().setConduit(sink);
        connection.getSinkChannel().setWriteListener(null);
        channel.setConduit(source);
        channel.setReadListener(readable -> isSilent());
        channel.resumeReads();
        return true;
    }

    /** Whether nothing has come since the last response, not even an end; else the connection is closed. */
    boolean isSilent() {
        try (PooledByteBuffer pooled = pool.allocate()) {
            if (connection.isOpen() && source.read(pooled.getBuffer().clear()) == 0) {
                return true;
            }
        } catch (IOException e) { // reset by the provider, which is no different from an end
            close();
            return false;
        }
        close();
        return false;
    }

    /** Closes the connection, at once and without waiting for the provider. */
    @Override
    public void close() {
        if (response != null) {
            response.release();
        }
        IoUtils.safeClose(connection);
    }
}
