package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("ledger")
class RetentionTest {
    private static final Duration KEPT = Duration.ofDays(60);

    @TempDir
    Path folder;

    @Test
    void prunesOnlyWhileInCharge() throws Exception {
        try (var fixture = new RecorderFixture(folder)) {
            for (String id : List.of("old", "newest, which stays")) {
                fixture.submit(new UsageEvent(id, "apify", "instagram", "", null, Usage.parse("compute_units=1")));
            }
            fixture.clock().advance(Duration.ofDays(100));
            var isInCharge = new AtomicBoolean();
            var asked = new CountDownLatch(2);
            var retention = new Retention(
                    fixture.recorder(),
                    () -> {
                        asked.countDown();
                        return isInCharge.get();
                    },
                    () -> KEPT);
            try {
                assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue(); // again after the first check
                assertThat(fixture.isStored("old")).isTrue();

                isInCharge.set(true);
                Awaitility.await().until(() -> !fixture.isStored("old"));
            } finally {
                retention.close();
            }
            assertThat(fixture.total("compute_units")).isEqualByComparingTo("2");
            fixture.verify();
        }
    }
}
