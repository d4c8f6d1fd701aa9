package io.usageexporter.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A program that a test needs. If it is missing, the test fails in CI and is skipped elsewhere. */
public final class RequiredTool {
    private RequiredTool() {}

    /**
     * Skips or fails the test if the program is missing.
     *
     * @param debianPackage that contains it
     */
    public static String require(String program, String debianPackage) {
        boolean found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        require(found, program + " is missing; to run this test: apt-get install " + debianPackage);
        return program;
    }

    /** The same for a file. */
    public static void require(Path file, String debianPackage) {
        require(Files.exists(file), file + " is missing; to run this test: apt-get install " + debianPackage);
    }

    private static void require(boolean found, String missing) {
        if ("true".equals(System.getenv("CI"))) {
            Assertions.assertTrue(found, missing);
        }
        Assumptions.assumeTrue(found, missing);
    }
}
