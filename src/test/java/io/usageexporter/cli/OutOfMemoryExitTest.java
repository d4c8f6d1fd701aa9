package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.ProcessRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class OutOfMemoryExitTest {
    /** A process whose main thread waits for one that dies. */
    static final class Waiting {
        private Waiting() {}

        public static void main(String[] args) throws InterruptedException {
            OutOfMemoryExit.install();
            new Thread(() -> System.err.println(new byte[Integer.MAX_VALUE].length), "worker").start();
            new CountDownLatch(1).await();
        }
    }

    @Test
    void processEndsWhenAThreadDiesForLackOfMemory() throws Exception {
        ProcessRunner.Result result = ProcessRunner.run(
                Path.of("").toAbsolutePath(),
                "",
                Map.of(),
                Duration.ofSeconds(60),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Waiting.class.getName()));
        assertThat(result.status()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).contains("thread worker died", "OutOfMemoryError");
    }
}
