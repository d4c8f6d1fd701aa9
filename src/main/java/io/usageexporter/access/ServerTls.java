package io.usageexporter.access;

import io.usageexporter.httpclient.TrustedAuthorities;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** The server's side of TLS: its certificate, and what it asks of clients. Immutable. */
final class ServerTls {
    private static final char[] NO_PASSWORD = {};
    private static final String TLS_1_3_SUITE = "TLS_(AES|CHACHA20)_.*";

    private final SSLContext context;
    private final ClientTrust trust;
    private final Settings settings;

    /**
     * Everything but certificates.
     *
     * @param protocols by the names of the JDK
     * @param cipherSuites up to TLS 1.2, in the order of preference; empty for those of the JDK
     * @param curves in the order of preference, by the names of the JDK; empty for its own
     */
    record Settings(
            ClientAuth clientAuth,
            List<String> protocols,
            List<String> cipherSuites,
            boolean prefersOwnSuites,
            List<String> curves) {}

    /** Whether clients are asked for a certificate: the five types of Go's {@code tls.ClientAuthType}. */
    enum ClientAuth {
        NoClientCert,
        RequestClientCert,
        RequireAnyClientCert,
        VerifyClientCertIfGiven,
        RequireAndVerifyClientCert;

        boolean isRequired() {
            return this == RequireAnyClientCert || this == RequireAndVerifyClientCert;
        }

        boolean isVerified() {
            return this == VerifyClientCertIfGiven || this == RequireAndVerifyClientCert;
        }
    }

    /**
     * Creates the context.
     *
     * @param chain the certificate of the server, followed by those that issued it
     * @param authorities that issue the certificates of clients; null for those that the JDK trusts
     */
    ServerTls(
            List<X509Certificate> chain,
            PrivateKey key,
            @Nullable List<X509Certificate> authorities,
            List<String> allowedSans,
            Settings settings)
            throws GeneralSecurityException {
        this.settings = settings;
        trust = new ClientTrust(
                settings.clientAuth().isVerified() ? TrustedAuthorities.trustManager(authorities) : null, allowedSans);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e); // there is nothing to read
        }
        store.setKeyEntry("server", key, NO_PASSWORD, chain.toArray(new Certificate[0]));
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
        engine(); // fails now rather than at the first connection
    }

    ClientTrust trust() {
        return trust;
    }

    /** Whether a verified certificate authenticates a client. */
    boolean verifiesClients() {
        return settings.clientAuth().isVerified();
    }

    SSLContext context() {
        return context;
    }

    /** The engine of one connection. */
    SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(settings.protocols().toArray(new String[0]));
        parameters.setUseCipherSuitesOrder(settings.prefersOwnSuites());
        if (!settings.cipherSuites().isEmpty()) {
            // As with Go, those of TLS 1.3 are not configurable.
            Stream<String> modern =
                    Stream.of(parameters.getCipherSuites()).filter(suite -> suite.matches(TLS_1_3_SUITE));
            parameters.setCipherSuites(Stream.concat(modern, settings.cipherSuites().stream())
                    .distinct()
                    .toArray(String[]::new));
        }
        if (settings.clientAuth().isRequired()) {
            parameters.setNeedClientAuth(true);
        } else if (settings.clientAuth() != ClientAuth.NoClientCert) {
            parameters.setWantClientAuth(true);
        }
        setCurves(parameters);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private void setCurves(SSLParameters parameters) {
        Method setter = curveSetter();
        if (!settings.curves().isEmpty() && setter != null) {
            try {
                setter.invoke(parameters, (Object) settings.curves().toArray(new String[0]));
            } catch (InvocationTargetException | IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Called by reflection, since Java 17 does not have it; null there. */
    static @Nullable Method curveSetter() {
        try {
            return SSLParameters.class.getMethod("setNamedGroups", String[].class);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }
}
