package io.usageexporter.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.client.UsageClient;
import io.usageexporter.client.UsageClientException;
import io.usageexporter.client.UsageRecord;
import io.usageexporter.config.ApiToken;
import io.usageexporter.testing.Certificates;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and clients of an exporter with TLS, whose certificate no one else trusts, and with tokens. */
class ClientAccessIT {
    private static final String TOKEN = "ue_right";
    private static final String RECORD_ONLY = "ue_record-only";

    @TempDir
    Path folder;

    private JarExporter exporter;

    @BeforeEach
    void start() throws Exception {
        new Certificates(folder).authority("ca").issued("server", "ca", "IP:127.0.0.1");
        Files.writeString(folder.resolve("token"), TOKEN + "\n");
        Files.writeString(
                folder.resolve("web.yml"), "tls_server_config: {cert_file: server.crt, key_file: server.key}\n");
        Files.writeString(folder.resolve("usage.yml"), """
                providers: {anthropic: {limits: {daily: {requests: 10, tokens: 10}}}, apify: {resources: [compute_units]}}
                api_tokens:
                  - {name: all, sha256: %s, scopes: [record, read]}
                  - {name: app, sha256: %s, scopes: [record], consumer: app}
                """.formatted(ApiToken.hash(TOKEN), ApiToken.hash(RECORD_ONLY)));
        exporter = new JarExporter(folder, "--config.file=usage.yml", "--web.config.file=web.yml");
    }

    @AfterEach
    void stop() {
        exporter.close();
    }

    private String url() {
        return "https://127.0.0.1:" + exporter.http().port();
    }

    private ProcessRunner.Result run(Map<String, String> environment, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(arguments));
        command.add(1, "--url=" + url());
        return ProcessRunner.run(folder, "", environment, ProcessRunner.jar(command.toArray(new String[0])));
    }

    @Test
    void commandsAuthenticateByFlagsAndByTheEnvironment() throws Exception {
        var environment = Map.of("USAGE_EXPORTER_TOKEN_FILE", "token", "USAGE_EXPORTER_CA_FILE", "ca.crt");
        assertThat(run(environment, "record", "--provider=anthropic", "requests=3"))
                .returns("{\"recorded\":1,\"duplicates\":0}\n", ProcessRunner.Result::out);
        assertThat(run(Map.of(), "summary", "--token.file=token", "--ca.file=ca.crt")
                        .out())
                .contains("Requests: 3 / 10");
        assertThat(run(Map.of("USAGE_EXPORTER_TOKEN", TOKEN), "summary", "--ca.file=ca.crt")
                        .out())
                .contains("Requests: 3 / 10");
        assertThat(run(Map.of(), "healthcheck", "--ca.file=ca.crt").out()).isEqualTo("healthy\n");
        assertThat(run(environment, "demo", "--days=0", "--speed=0").status()).isZero();
    }

    @Test
    void commandsSayWhatIsMissing() throws Exception {
        assertThat(run(Map.of(), "summary", "--token.file=token").err()).contains("TLS handshake failed");
        assertThat(run(Map.of(), "summary", "--ca.file=ca.crt").err()).contains("status 401; give it a token");
        assertThat(run(Map.of(), "summary", "--ca.file=ca.crt", "--token=" + RECORD_ONLY)
                        .err())
                .contains("status 403; its token may not do this")
                .doesNotContain(RECORD_ONLY);
        assertThat(run(Map.of(), "summary", "--ca.file=token")).satisfies(result -> {
            assertThat(result.err()).contains("token contains no certificate");
            assertThat(result.status()).isEqualTo(2);
        });
        assertThat(run(Map.of(), "summary", "--token.file=none").err()).contains("the token file none cannot be read");
        assertThat(run(Map.of("USAGE_EXPORTER_TOKEN", "a b"), "summary").err())
                .contains("must be one line")
                .doesNotContain("a b");
    }

    @Test
    void theJavaClientAuthenticates() throws Exception {
        try (var client = UsageClient.builder()
                .url(url())
                .tokenFile(folder.resolve("token"))
                .caFile(folder.resolve("ca.crt"))
                .build()) {
            client.record(UsageRecord.of("anthropic").amount("requests", 4));
            assertThat(client.flush(Duration.ofSeconds(20))).isZero();
            assertThat(client.summary().at("/used/anthropic/daily/requests").asInt())
                    .isEqualTo(4);
        }
        try (var client = UsageClient.builder()
                .url(url())
                .token(RECORD_ONLY)
                .caFile(folder.resolve("ca.crt"))
                .build()) {
            client.record(UsageRecord.of("anthropic").amount("requests", 1));
            assertThat(client.flush(Duration.ofSeconds(20))).isZero();
            assertThatThrownBy(client::summary)
                    .isInstanceOf(UsageClientException.class)
                    .hasMessageContaining("403")
                    .hasMessageNotContaining(RECORD_ONLY);
        }
    }

    @Test
    void thePythonClientAuthenticates() throws Exception {
        String python = RequiredTool.require("python3", "python3");
        Path script = Files.writeString(folder.resolve("app.py"), """
                import sys
                sys.path.insert(0, sys.argv[1])
                import usage_tracker
                usage_tracker.record("anthropic", {"requests": 2}, consumer="other")
                assert usage_tracker.flush(20) == 0
                print(usage_tracker.get_usage_summary()["used"]["anthropic"]["daily"]["requests"])
                with usage_tracker.UsageTracker(token="%s") as app:
                    app.record("anthropic", {"requests": 5})
                    assert app.flush(20) == 0
                    try:
                        app.get_usage_summary()
                    except usage_tracker.UsageExporterError as error:
                        print(error)
                try:
                    usage_tracker.UsageTracker(token_file="none").get_usage_summary()
                except usage_tracker.UsageExporterError as error:
                    print(error)
                """.formatted(RECORD_ONLY));
        ProcessRunner.Result result = ProcessRunner.run(
                folder,
                "",
                Map.of(
                        "USAGE_EXPORTER_URL", url(),
                        "USAGE_EXPORTER_TOKEN_FILE", "token",
                        "USAGE_EXPORTER_CA_FILE", "ca.crt"),
                List.of(
                        python,
                        "-B",
                        script.toString(),
                        Path.of("src/main/python").toAbsolutePath().toString()));
        assertThat(result.err()).doesNotContain("Traceback", TOKEN, RECORD_ONLY);
        assertThat(result.out())
                .startsWith("2\n")
                .contains("responded with 403; give it a token that may do this")
                .contains("the token file none cannot be read (FileNotFoundError)")
                .doesNotContain(RECORD_ONLY);
        assertThat(new Curl(folder)
                        .get(url() + "/metrics", "--cacert", "ca.crt", "-H", "X-Usage-Token: " + TOKEN)
                        .body())
                .contains("consumer=\"app\"");
    }
}
