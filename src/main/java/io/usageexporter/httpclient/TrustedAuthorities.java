package io.usageexporter.httpclient;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The authorities whose certificates a client accepts, in place of those that Java trusts. Immutable. */
public final class TrustedAuthorities {
    private final SSLContext context;

    private TrustedAuthorities(SSLContext context) {
        this.context = context;
    }

    /**
     * Reads them from a PEM file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it contains no certificate
     */
    public static TrustedAuthorities of(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(stream);
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException(file + " contains no certificate");
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trustManager(certificates)}, null);
            return new TrustedAuthorities(context);
        } catch (CertificateException e) {
            throw new IllegalArgumentException(file + " contains no certificate in PEM form", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has these
        }
    }

    /**
     * Accepts what authorities have issued.
     *
     * @param certificates of the authorities; null for those that Java trusts
     */
    public static X509ExtendedTrustManager trustManager(@Nullable Collection<? extends Certificate> certificates) {
        try {
            KeyStore store = null;
            if (certificates != null) {
                store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                for (Certificate certificate : certificates) {
                    store.setCertificateEntry(Integer.toString(store.size()), certificate);
                }
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager each : factory.getTrustManagers()) {
                if (each instanceof X509ExtendedTrustManager manager) {
                    return manager;
                }
            }
            throw new IllegalStateException("this Java verifies no certificates");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e); // neither of which an empty store in memory can cause
        }
    }

    SSLContext context() {
        return context;
    }
}
