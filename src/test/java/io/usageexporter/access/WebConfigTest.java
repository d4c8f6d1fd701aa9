package io.usageexporter.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.testing.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a web configuration may contain, and how its faults are named. */
class WebConfigTest {
    private static final String HASH = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

    @TempDir
    Path folder;

    private final List<Path> files = new ArrayList<>();

    private WebConfig read(String yaml) throws Exception {
        return WebConfigReader.read(Files.writeString(folder.resolve("web.yml"), yaml), files, warning -> {});
    }

    private List<String> errors(String yaml) {
        var thrown = catchThrowableOfType(InvalidConfigException.class, () -> read(yaml));
        assertThat(thrown).as("errors of %s", yaml).isNotNull();
        return String.valueOf(thrown.getMessage())
                .replace(folder.resolve("web.yml") + ":", "")
                .lines()
                .toList();
    }

    @Test
    void everyFaultIsNamedAtOnceWithLineAndKey() {
        assertThat(errors("""
            tls_server_config:
              cert_file: none.crt
              min_version: TLS14
              client_auth_type: Sometimes
              cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]
              curve_preferences: [CurveP1]
              client_ca_file: none.crt
              certfile: x
            http_server_config:
              headers:
                X-Frame-Options: allow
                X-Powered-By: us
              http3: true
            rate_limit: {interval: often, burst: -1, brust: 1}
            basic_auth_users:
              alice: hunter2hunter2
              "a:b": %s
            tls: {}
            """.formatted(HASH)))
                .extracting(error -> error.replaceAll("; .*", "").replaceAll("(must|cannot|needs) .*", "$1"))
                .contains(
                        "2: tls_server_config.cert_file: none.crt cannot",
                        "1: tls_server_config: needs",
                        "3: tls_server_config.min_version: must",
                        "4: tls_server_config.client_auth_type: must",
                        "5: tls_server_config.cipher_suites: must",
                        "7: tls_server_config.client_ca_file: needs",
                        "8: tls_server_config.certfile: unknown key",
                        "11: http_server_config.headers.X-Frame-Options: must",
                        "12: http_server_config.headers.X-Powered-By: unknown key",
                        "13: http_server_config.http3: unknown key",
                        "14: rate_limit.interval: must",
                        "14: rate_limit.burst: must",
                        "14: rate_limit.brust: unknown key",
                        "16: basic_auth_users.alice: must",
                        "17: basic_auth_users.a:b: a user's name must",
                        "18: tls: unknown key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "basic_auth_users: {alice: SECRET}",
                "basic_auth_users: {alice: $2y$10$SECRET}",
                "basic_auth_users: [SECRET]",
                "basic_auth_users: {alice: [SECRET]}",
                "basic_auth_users: {alice: 'SECRET}",
                "basic_auth_users: {alice: SECRET: x}",
                "tls_server_config: {cert: SECRET, key: SECRET}",
                "tls_server_config: {key: {SECRET: SECRET}}",
            })
    void noMessageShowsASecret(String yaml) {
        assertThat(errors(yaml.replace("SECRET", "hunter2"))).asString().doesNotContain("hunter2 ", "hunter2\"");
        assertThat(errors(yaml))
                .allSatisfy(error -> assertThat(error.replace("tls_server_config.key.SECRET", "")
                                .replace("key: must", ""))
                        .doesNotContain("SECRET"));
    }

    @Test
    void anEmptyFileIsPlainHttpForEveryone() throws Exception {
        assertThat(read("").authenticates()).isFalse();
        assertThat(read("").tls()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "{interval: 1s}",
        "{interval: 1s, burst: 0}",
        "{interval: 1s, burst: 1000001}",
        "{interval: 61m, burst: 1}",
        "{interval: -1s, burst: 1}",
        "{interval: 1, burst: 1}",
        "{interval: '', burst: 1}",
        "{interval: 1s1, burst: 1}",
    })
    void aRateThatNothingOrAnythingWouldPassIsRefused(String rate) {
        assertThat(errors("rate_limit: " + rate)).hasSize(1);
    }

    @Test
    void aRateIsReadAsGoWritesIt() throws Exception {
        for (String none : List.of("{}", "{interval: 0}", "{interval: 0s, burst: 5}", "{burst: 0}")) {
            assertThat(read("rate_limit: " + none).rateLimiter()).as(none).isNull();
        }
        assertThat(read("rate_limit: {interval: 1m2.5s, burst: 5}").rateLimiter())
                .returns(63L, RateLimiter::retryAfterSeconds);
        assertThat(read("rate_limit: {interval: 100ms, burst: 5}").rateLimiter())
                .returns(1L, RateLimiter::retryAfterSeconds);
    }

    @Test
    void http2IsAcceptedWithoutEffectAndHeadersMayBeRemoved() throws Exception {
        WebConfig config = read("http_server_config: {http2: false, headers: {X-Frame-Options: deny,"
                + " Content-Security-Policy: '', Strict-Transport-Security: max-age=63072000}}");
        assertThat(config.headers())
                .containsEntry("X-Frame-Options", "deny")
                .containsEntry("Content-Security-Policy", "")
                .containsEntry("Strict-Transport-Security", "max-age=63072000");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        new Certificates(folder).authority("one").authority("two");
        assertThat(errors("tls_server_config: {cert_file: one.crt, key_file: two.key}"))
                .singleElement()
                .asString()
                .contains("tls_server_config.key_file: two.key is not the private key of the certificate");
    }

    @Test
    void anEncryptedKeyIsRefusedWithTheReason() throws Exception {
        new Certificates(folder)
                .authority("one")
                .openssl("pkcs8", "-topk8", "-in", "one.key", "-out", "locked.key", "-passout", "pass:abcd");
        assertThat(errors("tls_server_config: {cert_file: one.crt, key_file: locked.key}"))
                .singleElement()
                .asString()
                .contains("is an encrypted key");
    }

    @Test
    void aFileWithoutEndIsRefused() throws Exception {
        new Certificates(folder).authority("one");
        assertThat(errors("tls_server_config: {cert_file: one.crt, key_file: /dev/zero}"))
                .singleElement()
                .asString()
                .contains("larger than 1024 KiB");
    }

    @Test
    void relativeNamesAreThoseOfTheFilesFolder() throws Exception {
        Path other = Files.createDirectory(folder.resolve("tls"));
        new Certificates(other).authority("one");
        read("tls_server_config: {cert_file: tls/one.crt, key_file: tls/one.key}");
        assertThat(files)
                .containsExactly(folder.resolve("web.yml"), other.resolve("one.crt"), other.resolve("one.key"));
    }
}
