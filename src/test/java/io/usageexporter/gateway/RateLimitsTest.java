package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.RateLimit;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");

    private final RateLimits limits = new RateLimits();

    private static RateLimit limit(String model, String name, long remaining, @Nullable Instant reset) {
        return new RateLimit("anthropic", model, name, BigDecimal.valueOf(100), BigDecimal.valueOf(remaining), reset);
    }

    @Test
    void theNewestCounts() {
        RateLimit newest = limit("opus", "requests", 7, NOW.plusSeconds(60));
        limits.put(limit("opus", "requests", 9, NOW.plusSeconds(60)), NOW);
        limits.put(newest, NOW.plusSeconds(2));
        limits.put(limit("opus", "requests", 8, NOW.plusSeconds(60)), NOW.plusSeconds(1));

        assertThat(limits.at(NOW.plusSeconds(3))).containsExactly(newest);
    }

    @Test
    void ofTwoOfTheSameInstantTheLastCounts() {
        RateLimit last = limit("opus", "requests", 7, NOW.plusSeconds(60));
        limits.put(limit("opus", "requests", 9, NOW.plusSeconds(60)), NOW);
        limits.put(last, NOW);

        assertThat(limits.at(NOW)).containsExactly(last);
    }

    @Test
    void modelsProvidersAndNamesAreKeptApart() {
        RateLimit opus = limit("opus", "requests", 1, NOW.plusSeconds(60));
        RateLimit sonnet = limit("sonnet", "requests", 2, NOW.plusSeconds(60));
        RateLimit tokens = limit("opus", "tokens", 3, NOW.plusSeconds(60));
        var other = new RateLimit("apify", "opus", "requests", null, BigDecimal.ONE, null);
        limits.put(tokens, NOW);
        limits.put(sonnet, NOW);
        limits.put(other, NOW);
        limits.put(opus, NOW);

        assertThat(limits.at(NOW)).containsExactly(opus, tokens, sonnet, other);
    }

    @Test
    void aLimitIsDroppedAtItsReset() {
        limits.put(limit("opus", "requests", 1, NOW.plusSeconds(10)), NOW);
        assertThat(limits.at(NOW.plusSeconds(9))).hasSize(1);
        assertThat(limits.at(NOW.plusSeconds(10))).isEmpty();
        assertThat(limits.at(NOW)).isEmpty();
    }

    @Test
    void aLimitWithoutAResetIsDroppedAfterAMinute() {
        limits.put(limit("opus", "requests", 1, null), NOW);
        assertThat(limits.at(NOW.plusSeconds(59))).hasSize(1);
        assertThat(limits.at(NOW.plusSeconds(60))).isEmpty();
    }

    @Test
    void furtherModelsAreLeftOutUntilThereIsRoom() {
        Instant reset = NOW.plusSeconds(60);
        for (int i = 0; i < RateLimits.MAX_MODELS + 50; i++) {
            limits.put(limit("model-" + i, "requests", i, reset), NOW);
            limits.put(limit("model-" + i, "tokens", i, reset), NOW);
        }
        assertThat(limits.at(NOW)).hasSize(2 * RateLimits.MAX_MODELS);

        limits.put(limit("model-0", "requests", 99, reset), NOW.plusSeconds(1));
        limits.put(new RateLimit("apify", "x", "requests", null, BigDecimal.ONE, reset), NOW);
        assertThat(limits.at(NOW))
                .hasSize(2 * RateLimits.MAX_MODELS + 1)
                .contains(limit("model-0", "requests", 99, reset));

        limits.put(limit("late", "requests", 1, reset.plusSeconds(60)), reset);
        assertThat(limits.at(reset)).hasSize(1);
    }
}
