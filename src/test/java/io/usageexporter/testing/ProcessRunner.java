package io.usageexporter.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
public final class ProcessRunner {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ProcessRunner() {}

    /** Exit status and output. */
    public record Result(int status, String out, String err) {
        /** Fails the test, with the output, unless the status is 0. */
        public Result successful() {
            if (status != 0) {
                throw new AssertionError("status " + status + ": " + out + err);
            }
            return this;
        }
    }

    public static Result run(Path folder, String input, List<String> command) throws IOException, InterruptedException {
        return run(folder, input, Map.of(), command);
    }

    public static Result run(Path folder, String input, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        return run(folder, input, environment, LIMIT, command);
    }

    public static Result run(
            Path folder, String input, Map<String, String> environment, Duration limit, List<String> command)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(command + " did not end within " + limit);
            }
            return new Result(process.exitValue(), out.join(), err.join());
        } finally {
            process.destroyForcibly();
        }
    }

    /** The command that runs the packaged exporter. */
    public static List<String> jar(String... arguments) {
        return jarWithHeap("128m", arguments);
    }

    /** The same with another heap size. */
    public static List<String> jarWithHeap(String size, String... arguments) {
        Path jar = Path.of("target", "usage-exporter.jar").toAbsolutePath();
        List<String> command = java(size, "-XX:SharedArchiveFile=" + ClassDataArchive.of(jar));
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Java with options. Compiles little, and quickly rather than well, since most tests end soon after the start. */
    static List<String> java(String heap, String option) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:TieredStopAtLevel=1",
                "-XX:CompileThresholdScaling=3",
                option));
    }

    static String read(java.io.InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
