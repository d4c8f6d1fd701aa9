package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.JarExporter;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With -Xmx128m. */
class SmallHeapIT {
    private static final String SMALLEST = "{\"provider\":\"apify\",\"usage\":{\"compute_units\":1}}";

    @TempDir
    Path folder;

    @Test
    void theLargestBatchOfTheSmallestEventsIsRecordedAndMoreAtOnceAreRefused() throws Exception {
        int events = ((16 << 20) - 2) / (SMALLEST.length() + 1);
        String batch = "[" + (SMALLEST + ",").repeat(events - 1) + SMALLEST + "]";
        try (var exporter = new JarExporter(folder)) {
            assertThat(exporter.http().record(batch).body())
                    .isEqualTo("{\"recorded\":" + events + ",\"duplicates\":0}\n");

            var answers = IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> exporter.http().record(batch).statusCode()))
                    .toList();
            assertThat(answers.stream().map(CompletableFuture::join)).isSubsetOf(200, 503);
            assertThat(exporter.http().record(SMALLEST).statusCode()).isEqualTo(200);
            assertThat(exporter.log()).doesNotContain("OutOfMemory");
        }
    }
}
