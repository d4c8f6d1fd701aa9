package io.usageexporter.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The official clients for Node, each version under its own name, and the drivers that run them. */
final class NodeClients {
    static final String ANTHROPIC_1 = "anthropic-1";
    static final String ANTHROPIC_0 = "anthropic-0";

    private static final Map<String, String> PACKAGES = Map.of(
            ANTHROPIC_1,
            "npm:@anthropic-ai/sdk@1.12.0",
            ANTHROPIC_0,
            "npm:@anthropic-ai/sdk@0.137.0",
            "apify-client",
            "2.25.0");
    private static final Path FOLDER = Path.of("target", "clients").toAbsolutePath();
    private static final Path INSTALLED = FOLDER.resolve("installed");
    private static final Path DRIVERS = Path.of("src", "test", "node").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private NodeClients() {}

    /** Installs the clients once; skips or fails the test where Node is missing. */
    static void install() throws IOException, InterruptedException {
        RequiredTool.require("node", "nodejs");
        String npm = RequiredTool.require("npm", "npm");
        List<String> wanted = PACKAGES.entrySet().stream()
                .map(entry -> entry.getKey() + "@" + entry.getValue())
                .sorted()
                .toList();
        if (Files.exists(INSTALLED) && Files.readAllLines(INSTALLED).equals(wanted)) {
            return;
        }
        Files.createDirectories(FOLDER);
        var command = new ArrayList<>(List.of(
                npm, "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"));
        command.addAll(List.of("--prefix", FOLDER.toString()));
        command.addAll(wanted);
        ProcessRunner.Result result = ProcessRunner.run(FOLDER, "", Map.of(), LIMIT, command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        Files.write(INSTALLED, wanted);
    }

    /** Runs a driver and returns the results of each scenario. */
    static JsonNode run(String driver, String baseUrl, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("node", DRIVERS.resolve(driver).toString(), FOLDER.toString(), baseUrl));
        command.addAll(List.of(arguments));
        ProcessRunner.Result result = ProcessRunner.run(FOLDER, "", Map.of(), LIMIT, command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        return TestExporter.json(result.out());
    }
}
