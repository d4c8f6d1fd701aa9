package io.usageexporter.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs Jazzer on one target after another, each in a process of its own. Inputs that reach new code are kept in
 * target/fuzz for the next run; one that breaks a target is left there as a file whose name begins with "crash".
 */
public final class Fuzzer {
    private static final Path FOLDER = Path.of("target", "fuzz");
    private static final FuzzTarget TARGET = FuzzTarget.valueOf(System.getProperty("fuzz.target", "BODY"));

    private Fuzzer() {}

    /** Called by Jazzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        TARGET.check(input);
    }

    /**
     * Starts it.
     *
     * @param arguments for how many seconds each target is fuzzed, and the name of one target, or "all"
     */
    public static void main(String[] arguments) throws Exception {
        var broken = new ArrayList<FuzzTarget>();
        for (FuzzTarget target : FuzzTarget.values()) {
            boolean isWanted = arguments[1].equals("all") || arguments[1].equals(target.name());
            if (isWanted && fuzz(target, arguments[0]) != 0) {
                broken.add(target);
            }
        }
        if (!broken.isEmpty()) {
            System.err.println("broken: " + broken + "; see " + FOLDER);
            System.exit(1);
        }
    }

    private static int fuzz(FuzzTarget target, String seconds) throws Exception {
        Path corpus = Files.createDirectories(FOLDER.resolve(target.name()));
        for (int i = 0; i < target.seeds().size(); i++) {
            Files.write(corpus.resolve("seed-" + i), target.seeds().get(i));
        }
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dfuzz.target=" + target,
                "-classpath",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Fuzzer.class.getName(),
                "--instrumentation_includes=io.usageexporter.**",
                "--reproducer_path=" + FOLDER,
                "-artifact_prefix=" + FOLDER + "/" + target + "-",
                "-max_total_time=" + seconds,
                "-timeout=30",
                "-max_len=4096",
                corpus.toString());
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
