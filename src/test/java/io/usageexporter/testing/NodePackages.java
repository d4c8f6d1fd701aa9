package io.usageexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.ProcessRunner.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Packages for Node that tests need, in a folder of their own.
 *
 * @param folder created when needed
 * @param versions by the name under which each is installed
 */
public record NodePackages(Path folder, Map<String, String> versions) {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** Installs the packages once; skips or fails the test where Node is missing. */
    public void install() throws IOException, InterruptedException {
        RequiredTool.require("node", "nodejs");
        String npm = RequiredTool.require("npm", "npm");
        List<String> wanted = versions.entrySet().stream()
                .map(entry -> entry.getKey() + "@" + entry.getValue())
                .sorted()
                .toList();
        Path installed = folder.resolve("installed");
        if (Files.exists(installed) && Files.readAllLines(installed).equals(wanted)) {
            return;
        }
        Files.createDirectories(folder);
        var command = new ArrayList<>(List.of(
                npm, "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"));
        command.addAll(List.of("--prefix", folder.toString()));
        command.addAll(wanted);
        Result result = ProcessRunner.run(folder, "", Map.of(), LIMIT, command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        Files.write(installed, wanted);
    }

    /** Runs a script by Node in the folder. */
    public Result run(List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("node"));
        command.addAll(arguments);
        return ProcessRunner.run(folder, "", Map.of(), LIMIT, command);
    }
}
