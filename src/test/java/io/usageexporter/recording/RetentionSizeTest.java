package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionSizeTest {
    private static final Duration KEPT = Duration.ofDays(60);

    @TempDir
    Path folder;

    @Test
    void fileStopsGrowing() throws Exception {
        try (var fixture = new RecorderFixture(folder)) {
            var sizes = new ArrayList<Long>();
            for (int month = 0; month < 8; month++) {
                var events = new UsageEvent[5000];
                for (int i = 0; i < events.length; i++) {
                    events[i] = new UsageEvent(null, "apify", "instagram", "", null, Usage.parse("compute_units=1"));
                }
                fixture.submit(events);
                while (fixture.recorder().prune(KEPT)) {
                    // until nothing is left to prune
                }
                fixture.restart(); // which writes the log back
                sizes.add(Files.size(folder.resolve("usage.db")));
                fixture.clock().advance(Duration.ofDays(31));
            }
            assertThat(sizes.get(7)).isLessThan(sizes.get(3) * 11 / 10);
            assertThat(fixture.total("compute_units")).isEqualByComparingTo("40000");
            fixture.verify();
        }
    }
}
