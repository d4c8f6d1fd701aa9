package io.usageexporter.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exporter on the Java runtime of its image. */
class ImageIT {
    @TempDir
    static Path home;

    private static Image image;

    @TempDir
    Path folder;

    private Path volume;
    private Path temporary;

    @BeforeAll
    static void make() throws Exception {
        image = new Image(home);
    }

    @BeforeEach
    void volume() throws Exception {
        volume = image.volume(folder);
        temporary = Files.createDirectory(folder.resolve("temporary"));
    }

    private Result run(String... arguments) throws Exception {
        return run(Map.of(), arguments);
    }

    private Result run(Map<String, String> more, String... arguments) throws Exception {
        var environment = new HashMap<>(environment());
        environment.putAll(more);
        return ProcessRunner.run(folder, "", environment, image.command(volume, arguments));
    }

    private Map<String, String> environment() {
        return Map.of(
                "USAGE_EXPORTER_WEB_LISTEN_ADDRESS",
                "127.0.0.1:0",
                "USAGE_EXPORTER_STORAGE_PATH",
                volume.resolve("usage.db").toString(),
                "SQLITE_TMPDIR",
                volume.toString(),
                "JAVA_OPTS",
                "-XX:TieredStopAtLevel=1 -Djava.io.tmpdir=" + temporary);
    }

    @Test
    void respondsLikeTheJarOnACompleteJdk() throws Exception {
        try (var reference = new JarExporter(Files.createDirectory(folder.resolve("reference")));
                var exporter = new JarExporter(folder, environment(), image.command(volume))) {
            assertThat(reference.http().record(Events.RECOMMENDATION).statusCode())
                    .isEqualTo(200);
            assertThat(exporter.http().record(Events.RECOMMENDATION).statusCode())
                    .isEqualTo(200);
            for (Sample sample : Sample.ALL) {
                assertThat(sample.send(exporter)).as(sample.toString()).isEqualTo(sample.send(reference));
            }
            assertThat(names(exporter))
                    .isEqualTo(names(reference))
                    .contains("process_cpu_usage", "jvm_threads_live_threads");
            assertThat(exporter.terminate()).isZero();
            assertThat(exporter.log()).doesNotContainIgnoringCase("error").doesNotContainIgnoringCase("warn");
        }
    }

    /** The names of all metrics, except for garbage collection pauses, which exist only after the first pause. */
    private static Set<String> names(JarExporter exporter) {
        return exporter.http()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .flatMap(line -> Stream.of(line.split(" ", -1)).skip(2).limit(1))
                .filter(name -> !name.startsWith("jvm_gc_pause"))
                .collect(Collectors.toSet());
    }

    /** Requests whose responses are compared, except for the bodies, which vary over time. */
    private record Sample(String path, String accept) {
        static final List<Sample> ALL = List.of(
                new Sample("/", "text/html"),
                new Sample("/usage", "text/html"),
                new Sample("/usage", "*/*"),
                new Sample("/api/usage", "*/*"),
                new Sample("/api/usage/history?days=30", "application/json"),
                new Sample("/api/usage/history?days=30", "text/csv"),
                new Sample("/metrics", "*/*"),
                new Sample("/metrics", "application/openmetrics-text; version=1.0.0"),
                new Sample(
                        "/metrics",
                        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"),
                new Sample("/-/ready", "*/*"));

        List<Object> send(JarExporter exporter) {
            var response = exporter.http().getBytes(path, "Accept", accept, "Accept-Encoding", "gzip");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isNotEmpty();
            return List.of(
                    response.headers().map().keySet(),
                    response.headers().allValues("Content-Type"),
                    response.headers().allValues("Content-Encoding"));
        }
    }

    @Test
    void commandsWorkNextToARunningExporter() throws Exception {
        try (var exporter = new JarExporter(folder, environment(), image.command(volume))) {
            String url = exporter.http().uri("").toString();

            assertThat(run("healthcheck", "--url", url).out()).isEqualTo("healthy\n");
            assertThat(run("record", "--url", url, "--provider=apify", "--category=tiktok", "compute_units=0.5")
                            .out())
                    .isEqualTo("{\"recorded\":1,\"duplicates\":0}\n");
            assertThat(run("summary", "--url", url).out()).contains("Compute Units: 0.5 / 100");
            assertThat(exporter.terminate()).isZero();
        }
        assertThat(run("summary").out()).contains("Compute Units: 0.5 / 100");
        assertThat(run("verify").out()).contains("1 events, all totals match");
        Path config = ComposeFile.mounts(ComposeFile.read().service("exporter"))
                .values()
                .iterator()
                .next();
        Result check = run("check-config", config.toAbsolutePath().toString());
        assertThat(check.status()).as(check.err()).isZero();
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void demoRunsWithTheArgumentsOfTheStack() throws Exception {
        try (var exporter = new JarExporter(folder, environment(), image.command(volume))) {
            String[] demo = ComposeFile.strings(
                            ComposeFile.read().service("demo").path("command"))
                    .stream()
                    .map(argument -> argument.replace(
                                    "http://exporter:5000",
                                    exporter.http().uri("").toString())
                            .replaceFirst("^--speed=1$", "--speed=0"))
                    .toArray(String[]::new);

            Result result = run(demo);

            assertThat(result.out()).as(result.err()).matches("sent \\d+ events of the last 7 days\n");
        }
    }

    @Test
    void connectsByTlsWithEllipticCurves() throws Exception {
        Path keys = folder.resolve("keys.p12");
        String make = "/bin/keytool -genkeypair -alias server -keyalg EC -groupname secp256r1 -dname CN=localhost"
                + " -ext san=ip:127.0.0.1 -storepass changeit -keystore " + keys;
        ProcessRunner.run(folder, "", List.of((Image.JAVA_HOME + make).split(" ", -1)))
                .successful();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        server.createContext("/-/healthy", exchange -> {
            byte[] body = "healthy by TLS\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
            String trust = "-XX:TieredStopAtLevel=1 -Djavax.net.ssl.trustStore=" + keys
                    + " -Djavax.net.ssl.trustStorePassword=changeit";
            String url = "https://127.0.0.1:" + server.getAddress().getPort();
            Result result = run(Map.of("JAVA_OPTS", trust), "healthcheck", "--url", url);
            assertThat(result.out()).as(result.err()).isEqualTo("healthy by TLS\n");
        } finally {
            server.stop(0);
        }
    }

    private static SSLContext context(Path keys) throws Exception {
        char[] password = "changeit".toCharArray();
        var manager = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        manager.init(KeyStore.getInstance(keys.toFile(), password), password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(manager.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void runtimeHasTheModulesFoundByJdepsExceptThoseNeverLoaded() throws Exception {
        String jdeps = Image.JAVA_HOME + "/bin/jdeps --multi-release=17 --ignore-missing-deps --print-module-deps "
                + Image.JAR;
        Result found = ProcessRunner.run(Path.of("."), "", Map.of(), Image.BUILD_TIMEOUT, List.of(jdeps.split(" ", -1)))
                .successful();
        var needed = new ArrayList<>(List.of(found.out().strip().split(",", -1)));
        needed.removeAll(List.of("java.desktop", "java.security.jgss"));

        Set<String> present = ProcessRunner.run(folder, "", List.of(image.java().toString(), "--list-modules"))
                .out()
                .lines()
                .map(line -> line.replaceFirst("@.*", ""))
                .collect(Collectors.toSet());

        assertThat(needed).contains("java.base");
        assertThat(present)
                .containsAll(needed)
                .contains("jdk.crypto.ec")
                .doesNotContain("java.desktop", "java.security.jgss");
    }

    @Test
    void everyVariableOfImageAndStackBelongsToAFlag() throws Exception {
        String help = run("--help").out() + run("healthcheck", "--help").out();
        var variables = new ArrayList<>(
                ComposeFile.keys(ComposeFile.read().service("exporter").path("environment")));
        Dockerfile.read().ofTheImage("ENV").forEach(line -> variables.add(line.replaceFirst("=.*", "")));

        assertThat(variables)
                .filteredOn(variable -> variable.startsWith("USAGE_EXPORTER_"))
                .hasSize(7)
                .allSatisfy(variable -> assertThat(help)
                        .containsPattern("--"
                                + variable.substring("USAGE_EXPORTER_".length())
                                        .toLowerCase(Locale.ROOT)
                                        .replace("_", "[.-]")
                                + "\\b"));
    }
}
