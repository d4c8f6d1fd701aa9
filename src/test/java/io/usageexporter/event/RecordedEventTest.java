package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordedEventTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    private static final Usage REQUEST = Usage.of(Map.of(Measure.of("requests"), Amount.of(1)));
    private static final Usage WITH_SEARCH =
            Usage.of(Map.of(Measure.of("requests"), Amount.of(1), Measure.of("web_searches"), Amount.of(2)));

    @Test
    void consumerAndPricingArePartOfAnEvent() {
        var recorded = recorded(event("growth", "batch", REQUEST), true);
        assertThat(recorded.isRepeatedBy(event("growth", "batch", REQUEST))).isTrue();
        assertThat(recorded.isRepeatedBy(event("", "batch", REQUEST))).isFalse();
        assertThat(recorded.isRepeatedBy(event("growth", "", REQUEST))).isFalse();
        assertThat(recorded.isRepeatedBy(event("growth", "batch", WITH_SEARCH))).isFalse();
    }

    @Test
    void pricingThatIsDerivedFromAmountsIsNotPartOfAnEvent() {
        var recorded = recorded(event("growth", "batch+long", REQUEST), true);
        assertThat(recorded.isRepeatedBy(event("growth", "batch", REQUEST))).isTrue();
        assertThat(recorded.isRepeatedBy(event("growth", "batch+reported", REQUEST)))
                .isTrue();
        assertThat(recorded.isRepeatedBy(event("growth", "long", REQUEST))).isFalse();
    }

    @Test
    void eventOfAnEarlierVersionIsRepeatedByOneWithMoreDetails() {
        var recorded = recorded(event("", "", REQUEST), false);
        assertThat(recorded.isRepeatedBy(event("growth", "batch", WITH_SEARCH))).isTrue();
        assertThat(recorded.isRepeatedBy(event("", "", REQUEST))).isTrue();
        assertThat(recorded.isRepeatedBy(event("", "", Usage.of(Map.of(Measure.of("requests"), Amount.of(2))))))
                .isFalse();
    }

    private static UsageEvent event(String consumer, String pricing, Usage usage) {
        return new UsageEvent("id", "p", "c", consumer, "m", Pricing.of(pricing), NOW, usage);
    }

    private static RecordedEvent recorded(UsageEvent event, boolean isDetailed) {
        return new RecordedEvent(1, event, NOW, Source.API, 0, event.pricing(), isDetailed);
    }
}
