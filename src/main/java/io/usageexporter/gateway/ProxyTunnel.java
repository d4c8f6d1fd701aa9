package io.usageexporter.gateway;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.usageexporter.outgoing.OutgoingProxy;
import io.usageexporter.outgoing.OutgoingProxyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/** Makes a proxy pass bytes on to a provider (RFC 9110, section 9.3.6), before TLS begins. For one I/O thread. */
final class ProxyTunnel {
    private static final int SUCCESS_CLASS = 2;

    private final StreamConnection connection;
    private final ByteBufferPool pool;
    private final OutgoingProxy proxy;
    private final Listener listener;
    private final ResponseHeadParser parser = new ResponseHeadParser();

    /** One of the two is called, once, or none if the connection is closed here first. */
    interface Listener {
        /** From now on the connection leads to the provider. */
        void onOpen();

        /** The connection is closed. */
        void onFailure(OutgoingProxyException e);
    }

    private ProxyTunnel(StreamConnection connection, ByteBufferPool pool, OutgoingProxy proxy, Listener listener) {
        this.connection = connection;
        this.pool = pool;
        this.proxy = proxy;
        this.listener = listener;
    }

    /**
     * Opens a tunnel.
     *
     * @param connection to the proxy
     * @param target host and port of the provider
     */
    static void open(
            StreamConnection connection, ByteBufferPool pool, OutgoingProxy proxy, String target, Listener listener) {
        String credentials =
                proxy.authorization() == null ? "" : "Proxy-Authorization: " + proxy.authorization() + "\r\n";
        String request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n" + credentials + "\r\n";
        var tunnel = new ProxyTunnel(connection, pool, proxy, listener);
        connection.getSourceChannel().setReadListener(channel -> tunnel.read(channel));
        connection.getSourceChannel().resumeReads();
        tunnel.write(connection.getSinkChannel(), ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private void write(ConduitStreamSinkChannel channel, ByteBuffer left) {
        try {
            while (left.hasRemaining()) {
                if (channel.write(left) == 0) {
                    channel.setWriteListener(writable -> write(writable, left));
                    channel.resumeWrites();
                    return;
                }
            }
            channel.suspendWrites();
            channel.setWriteListener(null);
        } catch (IOException e) {
            fail(closed());
        }
    }

    private void read(ConduitStreamSourceChannel channel) {
        try (PooledByteBuffer pooled = pool.allocate()) {
            ByteBuffer buffer = pooled.getBuffer();
            ResponseHead head = null;
            while (head == null) {
                int count = channel.read(buffer.clear());
                if (count == 0) {
                    return;
                }
                if (count < 0) {
                    fail(closed());
                    return;
                }
                head = parser.parse(buffer.flip());
            }
            channel.suspendReads();
            channel.setReadListener(null);
            if (head.status() / 100 != SUCCESS_CLASS) {
                fail(OutgoingProxyException.refused(proxy, head.status()));
            } else if (buffer.hasRemaining()) { // a provider does not speak first
                fail(new OutgoingProxyException("the proxy " + proxy + " sent more than its response"));
            } else {
                listener.onOpen();
            }
        } catch (MalformedResponseException e) {
            fail(new OutgoingProxyException("the proxy " + proxy + " does not speak HTTP/1.1"));
        } catch (IOException e) {
            fail(closed());
        }
    }

    private OutgoingProxyException closed() {
        return new OutgoingProxyException("the proxy " + proxy + " closed the connection");
    }

    private void fail(OutgoingProxyException e) {
        IoUtils.safeClose(connection);
        listener.onFailure(e);
    }
}
