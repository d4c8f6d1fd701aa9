package io.usageexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SampledLoadTest {
    private final AtomicInteger readings = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong(-5);
    private final SampledLoad load = new SampledLoad(readings::incrementAndGet, nanos::get);

    @Test
    void loadIsReadAtOnce() {
        assertThat(load.getAsDouble()).isEqualTo(1);
    }

    @Test
    void scrapeWithinASecondOfAnotherShowsTheSameLoad() {
        load.getAsDouble();
        nanos.addAndGet(999_999_999);
        assertThat(load.getAsDouble()).isEqualTo(1);
    }

    @Test
    void scrapeASecondLaterReadsTheLoad() {
        load.getAsDouble();
        nanos.addAndGet(1_000_000_000);
        assertThat(load.getAsDouble()).isEqualTo(2);
    }
}
