package io.usageexporter.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.NodePackages;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The official clients for Node, each version under its own name, and the drivers that run them. */
final class NodeClients {
    static final String ANTHROPIC_1 = "anthropic-1";
    static final String ANTHROPIC_0 = "anthropic-0";

    private static final NodePackages PACKAGES = new NodePackages(
            Path.of("target", "clients").toAbsolutePath(),
            Map.of(
                    ANTHROPIC_1,
                    "npm:@anthropic-ai/sdk@1.12.0",
                    ANTHROPIC_0,
                    "npm:@anthropic-ai/sdk@0.137.0",
                    "apify-client",
                    "2.25.0"));
    private static final Path DRIVERS = Path.of("src", "test", "node").toAbsolutePath();

    private NodeClients() {}

    /** Installs the clients once; skips or fails the test where Node is missing. */
    static void install() throws IOException, InterruptedException {
        PACKAGES.install();
    }

    /** Runs a driver and returns the results of each scenario. */
    static JsonNode run(String driver, String baseUrl, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of(DRIVERS.resolve(driver).toString(), PACKAGES.folder().toString(), baseUrl));
        command.addAll(List.of(arguments));
        ProcessRunner.Result result = PACKAGES.run(command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        return TestExporter.json(result.out());
    }
}
