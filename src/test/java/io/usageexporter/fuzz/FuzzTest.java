package io.usageexporter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each target with its seeds, with inputs that once broke it, and with random changes of both, for a short time. The
 * profile "fuzz" runs the same targets for long, guided by coverage.
 */
class FuzzTest {
    /** Inputs that broke a target, in a folder of its name. */
    private static final Path FOUND = Path.of("src/test/resources/io/usageexporter/fuzz");

    private static final int TRIES = 2000;
    private static final Duration SOON = Duration.ofSeconds(5);

    @ParameterizedTest
    @EnumSource
    void keepsItsPromisesForSeedsAndWhatOnceBrokeIt(FuzzTarget target) throws Exception {
        for (byte[] input : inputs(target)) {
            check(target, input);
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsPromisesForRandomChanges(FuzzTarget target) throws Exception {
        var mutator = new Mutator(inputs(target), new Random());
        for (int i = 0; i < TRIES; i++) {
            check(target, mutator.next());
        }
    }

    private static List<byte[]> inputs(FuzzTarget target) throws IOException {
        Path folder = FOUND.resolve(target.name());
        if (Files.notExists(folder)) {
            return target.seeds();
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<byte[]> found = files.sorted().map(FuzzTest::bytes).toList();
            return Stream.concat(target.seeds().stream(), found.stream()).toList();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void check(FuzzTarget target, byte[] input) {
        Assertions.assertTimeout(SOON, () -> {
            try {
                target.check(input);
            } catch (Exception | AssertionError | StackOverflowError e) {
                throw new AssertionError(target + " breaks on (ISO 8859-1): " + quoted(input), e);
            }
        });
    }

    private static String quoted(byte[] input) {
        var text = new StringBuilder();
        for (char each : new String(input, StandardCharsets.ISO_8859_1).toCharArray()) {
            text.append(each >= ' ' && each < 0x7f && each != '\\' ? "" + each : String.format("\\x%02x", (int) each));
        }
        return text.toString();
    }

    /** A parser that trusts a length in its input is caught. */
    @Test
    void randomChangesReachAMistake() {
        var mutator = new Mutator(List.of("3abc".getBytes(StandardCharsets.US_ASCII)), new Random());
        var tries = new AtomicInteger();

        assertThatThrownBy(() -> {
                    while (tries.incrementAndGet() < TRIES) {
                        byte[] input = mutator.next();
                        assertThat(input.length == 0 ? 0 : input[0] - '0').isLessThan(input.length);
                    }
                })
                .isInstanceOf(AssertionError.class);
    }
}
