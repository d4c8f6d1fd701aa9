package io.usageexporter.gateway;

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
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.channels.BoundChannel;
import org.xnio.ssl.SslConnection;

/**
 * TLS to providers that closes connections whose handshake does not finish in time; a response may take much longer, and nothing else
 * limits the time before it.
 */
final class HandshakeTimeoutSsl extends UndertowXnioSsl {
    /** What the session of a connection is said to speak until hands are shaken. */
    private static final String NOTHING_YET = "NONE";

    private final long seconds;

    /** Checks certificates as this context does. */
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
            connection.getIoThread().executeAfter(() -> hangUpIfSilent(connection), seconds, TimeUnit.SECONDS);
            ChannelListeners.invokeChannelListener(connection, openListener);
        };
        return super.openSslConnection(thread, from, to, watched, bindListener, options);
    }

    private static void hangUpIfSilent(SslConnection connection) {
        SSLSession session = connection.getSslSession();
        if (session == null || session.getProtocol().equals(NOTHING_YET)) {
            IoUtils.safeClose(connection);
        }
    }
}
