package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.ProcessRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A self-signed certificate, made with the JDK's keytool. */
final class Certificate {
    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final Path keys;

    /** @param name its subject alternative name, such as {@code ip:127.0.0.1} */
    Certificate(Path folder, String name) throws IOException, InterruptedException {
        this.folder = Files.createTempDirectory(folder, "certificate");
        keys = this.folder.resolve("keys.p12");
        keytool(
                "-genkeypair",
                "-keystore",
                keys.toString(),
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=" + name);
    }

    private KeyStore store() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream stream = Files.newInputStream(keys)) {
            store.load(stream, PASSWORD.toCharArray());
        }
        return store;
    }

    /** A file with the certificate and its private key, as PEM. */
    Path pem() throws IOException, GeneralSecurityException {
        KeyStore store = store();
        return Files.writeString(
                folder.resolve("both.pem"),
                pem("CERTIFICATE", store.getCertificate("server").getEncoded())
                        + pem(
                                "PRIVATE KEY",
                                store.getKey("server", PASSWORD.toCharArray()).getEncoded()));
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }

    /** Makes server sockets that present it. */
    ServerSocketFactory sockets() throws IOException, GeneralSecurityException {
        KeyStore store = store();
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context.getServerSocketFactory();
    }

    /** JVM flags to trust only this certificate. */
    List<String> trustingFlags() throws IOException, InterruptedException {
        Path file = folder.resolve("certificate.pem");
        Path trust = folder.resolve("trust.p12");
        keytool("-exportcert", "-rfc", "-keystore", keys.toString(), "-file", file.toString());
        keytool("-importcert", "-noprompt", "-keystore", trust.toString(), "-file", file.toString());
        return List.of("-Djavax.net.ssl.trustStore=" + trust, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-alias", "server"));
        ProcessRunner.Result result = ProcessRunner.run(folder, "", command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
    }
}
