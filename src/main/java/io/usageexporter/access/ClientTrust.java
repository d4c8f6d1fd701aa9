package io.usageexporter.access;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Which certificates of clients are accepted. Immutable. */
final class ClientTrust extends X509ExtendedTrustManager {
    /** The algorithm of a key exchange, which is not known of a certificate that is checked again. */
    private static final String UNKNOWN = "UNKNOWN";

    /** Mail address, DNS name, URI and IP address. */
    private static final Set<Object> SAN_TYPES = Set.of(1, 2, 6, 7);

    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f.:]+");
    private static final X509Certificate[] NONE = {};

    private final @Nullable X509ExtendedTrustManager authorities;
    private final Set<String> allowedSans;

    /**
     * Trusts what authorities have issued.
     *
     * @param authorities that must have issued a certificate; null accepts any
     * @param allowedSans of which a certificate must have one; empty accepts any
     */
    ClientTrust(@Nullable X509ExtendedTrustManager authorities, List<String> allowedSans) {
        this.authorities = authorities;
        this.allowedSans = allowedSans.stream().map(ClientTrust::normal).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether these authorities have issued the certificate, and it names a client that is allowed. */
    boolean isVerified(X509Certificate[] chain) {
        if (authorities == null) {
            return false;
        }
        try {
            checkClientTrusted(chain, UNKNOWN);
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private void checkName(X509Certificate[] chain) throws CertificateException {
        if (!allowedSans.isEmpty() && sans(chain[0]).noneMatch(allowedSans::contains)) {
            throw new CertificateException("the client's certificate has no allowed subject alternative name");
        }
    }

    private static Stream<String> sans(X509Certificate certificate) throws CertificateException {
        Collection<List<?>> sans = certificate.getSubjectAlternativeNames();
        return sans == null
                ? Stream.of()
                : sans.stream()
                        .filter(san -> SAN_TYPES.contains(san.get(0)))
                        .map(san -> normal(String.valueOf(san.get(1))));
    }

    /** One form for the many of an IPv6 address. */
    private static String normal(String san) {
        try {
            return IPV6.matcher(san).matches() ? InetAddress.getByName(san).getHostAddress() : san;
        } catch (UnknownHostException e) { // not an address after all
            return san;
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (authorities != null) {
            authorities.checkClientTrusted(chain, authType);
        }
        checkName(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (authorities != null) {
            authorities.checkClientTrusted(chain, authType, engine);
        }
        checkName(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("this is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities == null ? NONE : authorities.getAcceptedIssuers();
    }
}
