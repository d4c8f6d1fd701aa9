package io.usageexporter.gateway;

import io.undertow.UndertowOptions;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.channels.BoundChannel;
import org.xnio.ssl.SslConnection;

/** TLS to providers that closes connections whose handshake does not finish in time; Undertow has no such timeout. */
final class HandshakeTimeoutSsl extends UndertowXnioSsl {
    /** The protocol of a session before its handshake is complete. */
    private static final String NO_PROTOCOL = "NONE";

    private final long seconds;

    /** @param context checks certificates */
    HandshakeTimeoutSsl(SSLContext context, long seconds) {
        super(Xnio.getInstance(), OptionMap.EMPTY, context);
        this.seconds = seconds;
    }

    @Override
    public IoFuture<SslConnection> openSslConnection(
            XnioIoThread thread,
            InetSocketAddress from,
            InetSocketAddress to,
            ChannelListener<? super SslConnection> openListener,
            ChannelListener<? super BoundChannel> bindListener,
            OptionMap options) {
        ChannelListener<SslConnection> watched = connection -> {
            watch(connection);
            ChannelListeners.invokeChannelListener(connection, openListener);
        };
        return super.openSslConnection(thread, from, to, watched, bindListener, options);
    }

    /**
     * Starts TLS on a connection that a proxy passes on.
     *
     * @param host whose certificate it must be
     */
    SslConnection within(StreamConnection tunnel, String host, int port, OptionMap options) {
        OptionMap ofPeer = OptionMap.builder()
                .addAll(options)
                .set(Options.SSL_PEER_HOST_NAME, host)
                .set(Options.SSL_PEER_PORT, port)
                .set(UndertowOptions.SSL_SNI_HOSTNAME, host)
                .getMap();
        SslConnection connection = wrapExistingConnection(tunnel, ofPeer);
        watch(connection);
        return connection;
    }

    private void watch(SslConnection connection) {
        connection.getIoThread().executeAfter(() -> closeUnlessConnected(connection), seconds, TimeUnit.SECONDS);
    }

    private static void closeUnlessConnected(SslConnection connection) {
        SSLSession session = connection.getSslSession();
        if (session == null || session.getProtocol().equals(NO_PROTOCOL)) {
            IoUtils.safeClose(connection);
        }
    }
}
