package io.usageexporter.access;

import io.usageexporter.access.ServerTls.ClientAuth;
import io.usageexporter.config.BoundedFile;
import io.usageexporter.config.ConfigSection;
import io.usageexporter.config.InvalidValueException;
import io.usageexporter.config.Unreadable;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Reads {@code tls_server_config}. */
final class TlsReader {
    private static final int MAX_KIB = 1024;
    private static final List<String> VERSIONS = List.of("TLS10", "TLS11", "TLS12", "TLS13");

    /** By the names of VERSIONS. The JDK no longer speaks the versions before 1.2. */
    private static final Map<String, String> PROTOCOLS = Map.of("TLS12", "TLSv1.2", "TLS13", "TLSv1.3");

    private static final Map<String, String> CURVES =
            Map.of("CurveP256", "secp256r1", "CurveP384", "secp384r1", "CurveP521", "secp521r1", "X25519", "x25519");

    /** An older name, which the toolkit still accepts. */
    private static final String REQUIRE_CLIENT_CERT = "RequireClientCert";

    private final ConfigSection keys;
    private final Path folder;
    private final Collection<Path> files;

    /**
     * Prepares to read.
     *
     * @param folder the base of relative file names
     * @param files receives the files that are read
     */
    TlsReader(ConfigSection keys, Path folder, Collection<Path> files) {
        this.keys = keys;
        this.folder = folder;
        this.files = files;
    }

    /** Makes something of the text of a key or of a file that it names. */
    private interface Parser<T> {
        T parse(String text) throws InvalidValueException;
    }

    /** The TLS of the server; null if it is not configured, or not valid, which is reported. */
    @Nullable
    ServerTls read() {
        if (keys.isAbsent()) {
            return null;
        }
        List<X509Certificate> chain = pem("cert", Pem::certificates, true);
        PrivateKey key = pem("key", text -> Pem.privateKey(text, first(chain)), true);
        ClientAuth clientAuth = clientAuth();
        if (clientAuth == ClientAuth.NoClientCert) {
            for (String name : List.of("client_ca", "client_ca_file", "client_allowed_sans")) {
                if (keys.names().contains(name)) {
                    keys.faultAt(name, "needs a client_auth_type other than NoClientCert");
                }
            }
        }
        List<X509Certificate> authorities = pem("client_ca", Pem::certificates, false);
        List<String> sans = keys.texts("client_allowed_sans", List.of());
        var settings = new ServerTls.Settings(
                clientAuth, protocols(), cipherSuites(), keys.flag("prefer_server_cipher_suites", true), curves());
        keys.rejectUnknownKeys();
        try {
            return chain == null || key == null || settings.protocols().isEmpty()
                    ? null
                    : new ServerTls(chain, key, authorities, sans, settings);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            keys.fault("this Java cannot use it: " + e.getMessage());
            return null;
        }
    }

    /** Fails where the certificate is at fault, which is reported already. */
    private static X509Certificate first(@Nullable List<X509Certificate> chain) throws InvalidValueException {
        if (chain == null) {
            throw new InvalidValueException("cannot be checked without the certificate");
        }
        return chain.get(0);
    }

    /** What is given as text by a key, or in the file of the same key with a suffix; null if neither is, or is valid. */
    private <T> @Nullable T pem(String key, Parser<T> parser, boolean required) {
        String ofFile = key + "_file";
        List<String> given = keys.names();
        if (given.contains(key) && given.contains(ofFile)) {
            keys.faultAt(ofFile, "must not be given beside " + key);
        } else if (required && !given.contains(key) && !given.contains(ofFile)) {
            keys.fault("needs " + ofFile + " or " + key);
        }
        T inFile = keys.parse(ofFile, name -> {
            String text = text(name);
            try {
                return parser.parse(text);
            } catch (InvalidValueException e) {
                throw new InvalidValueException(name + " " + e.getMessage());
            }
        });
        T inline = keys.parse(key, parser::parse);
        return inFile == null ? inline : inFile;
    }

    private String text(String name) throws InvalidValueException {
        Path file;
        try {
            file = folder.resolve(name);
        } catch (InvalidPathException e) {
            throw new InvalidValueException("must be the name of a file");
        }
        files.add(file);
        try {
            return BoundedFile.read(file, MAX_KIB);
        } catch (IOException e) {
            throw new InvalidValueException(name + " cannot be read: " + Unreadable.why(file, e));
        }
    }

    private ClientAuth clientAuth() {
        List<String> types =
                Stream.of(ClientAuth.values()).map(ClientAuth::name).toList();
        String type = keys.oneOf(
                "client_auth_type",
                Stream.concat(types.stream(), Stream.of(REQUIRE_CLIENT_CERT)).toList());
        if (type == null) {
            return ClientAuth.NoClientCert;
        }
        return type.equals(REQUIRE_CLIENT_CERT) ? ClientAuth.RequireAnyClientCert : ClientAuth.valueOf(type);
    }

    /** Empty if none is left, which is reported. */
    private List<String> protocols() {
        String min = Objects.requireNonNullElse(keys.oneOf("min_version", VERSIONS), "TLS12");
        String max = Objects.requireNonNullElse(keys.oneOf("max_version", VERSIONS), "TLS13");
        List<String> protocols = VERSIONS.stream()
                .filter(version -> version.compareTo(min) >= 0 && version.compareTo(max) <= 0)
                .filter(PROTOCOLS::containsKey)
                .map(version -> Objects.requireNonNull(PROTOCOLS.get(version)))
                .toList();
        if (protocols.isEmpty()) {
            keys.fault("min_version and max_version leave neither TLS12 nor TLS13, the versions that Java speaks");
        } else if (!PROTOCOLS.containsKey(min)) {
            keys.warn("min_version: Java speaks no version before TLS12");
        }
        return protocols;
    }

    private List<String> cipherSuites() {
        List<String> known = supportedSuites();
        return keys.texts(
                "cipher_suites",
                List.of(),
                known::contains,
                "must contain, each once, cipher suites that Java considers safe: " + String.join(", ", known));
    }

    private static List<String> supportedSuites() {
        try {
            return Stream.of(SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites())
                    .filter(suite -> !suite.endsWith("_SCSV"))
                    .toList();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> curves() {
        if (keys.names().contains("curve_preferences") && ServerTls.curveSetter() == null) {
            keys.faultAt("curve_preferences", "needs Java 20 or later; this is " + Runtime.version());
        }
        return keys
                .texts(
                        "curve_preferences",
                        List.of(),
                        CURVES::containsKey,
                        "must contain, each once, "
                                + String.join(
                                        ", ", CURVES.keySet().stream().sorted().toList()))
                .stream()
                .map(curve -> Objects.requireNonNull(CURVES.get(curve)))
                .toList();
    }
}
