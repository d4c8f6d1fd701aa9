package io.usageexporter.access;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A context whose new connections have the TLS that is in force when they begin. */
final class CurrentSslContext extends SSLContext {
    CurrentSslContext(Supplier<ServerTls> current) {
        super(
                new Delegate(current),
                current.get().context().getProvider(),
                current.get().context().getProtocol());
    }

    private static final class Delegate extends SSLContextSpi {
        private final Supplier<ServerTls> current;

        Delegate(Supplier<ServerTls> current) {
            this.current = current;
        }

        private SSLContext context() {
            return current.get().context();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return current.get().engine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(@Nullable String host, int port) {
            return engineCreateSSLEngine();
        }

        @Override
        protected void engineInit(
                KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("initialized already");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return context().getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return context().getServerSocketFactory();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return context().getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return context().getClientSessionContext();
        }
    }
}
