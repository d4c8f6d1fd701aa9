package io.usageexporter.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Http;
import io.usageexporter.testing.RequiredTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The arguments and files of the stack, with the real Prometheus and Alertmanager. */
class ComposeIT {
    @TempDir
    Path folder;

    @Test
    void prometheusStartsWithTheArgumentsOfTheStack() throws Exception {
        start("prometheus", RequiredTool.require("prometheus", "prometheus"));
    }

    @Test
    void alertmanagerStartsWithTheArgumentsOfTheStack() throws Exception {
        start("alertmanager", RequiredTool.require("prometheus-alertmanager", "prometheus-alertmanager"));
    }

    private void start(String service, String program) throws Exception {
        var http = new Http(freePort());
        var command = new ArrayList<>(List.of(program, "--web.listen-address=127.0.0.1:" + http.port()));
        JsonNode definition = ComposeFile.read().service(service);
        definition.path("command").forEach(argument -> command.add(outside(definition, argument.asText())));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .ignoreException(UncheckedIOException.class)
                    .until(() -> {
                        assertThat(process.isAlive()).as(() -> text(log)).isTrue();
                        return http.get("/-/ready").statusCode() == 200;
                    });
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    /** Replaces the container paths in an argument by the local ones. */
    private String outside(JsonNode service, String argument) {
        var places = new LinkedHashMap<>(ComposeFile.mounts(service));
        service.path("volumes").forEach(volume -> {
            if (volume.path("type").asText().equals("volume")) {
                places.put(
                        volume.path("target").asText(),
                        folder.resolve(volume.path("source").asText()));
            }
        });
        for (var place : places.entrySet()) {
            argument = argument.replaceFirst("=" + place.getKey() + "(?=$|/)", "=" + place.getValue());
        }
        return argument;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
