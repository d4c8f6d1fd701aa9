package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitHeadersTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");

    @ParameterizedTest
    @CsvSource({
        "1795511760, 2026-11-24T09:16:00Z",
        "1795511760.25, 2026-11-24T09:16:00.250Z",
        "1795511760250, 2026-11-24T09:16:00.250Z",
        "60, 2026-11-24T09:16:00Z",
        "0.5, 2026-11-24T09:15:00.500Z",
        "2026-11-24T09:16:00Z, 2026-11-24T09:16:00Z"
    })
    void resetMayBeSecondsMillisecondsOrADate(String value, Instant reset) {
        assertThat(read("anthropic-ratelimit-requests-reset", value))
                .extracting(RateLimitHeader::reset)
                .containsExactly(reset);
    }

    @Test
    void limitsOfAResponseAreRead() {
        assertThat(sample("messages-response-cached"))
                .containsExactly(
                        limit("input-tokens", "2000000", "1994000", "2026-11-24T09:15:31Z"),
                        limit("output-tokens", "400000", "399000", "2026-11-24T09:15:31Z"),
                        limit("requests", "1000", "997", "2026-11-24T09:15:31Z"),
                        limit("tokens", "2400000", "2393000", "2026-11-24T09:15:31Z"));
    }

    @Test
    void limitsOfAnErrorResponseAreRead() {
        assertThat(sample("error-429-rate-limit"))
                .contains(limit("input-tokens", "2000000", "0", "2026-11-24T09:15:43Z"))
                .hasSize(4);
        assertThat(sample("error-529-overloaded")).isEmpty();
        assertThat(sample("error-429-spend-cap")).isEmpty();
        assertThat(sample("stream-complete")).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void priorityAndFastLimitsHaveTheirOwnNames() {
        assertThat(read(
                        "anthropic-priority-input-tokens-limit", "10",
                        "Anthropic-Priority-Input-Tokens-Remaining", " 5 ",
                        "ANTHROPIC-FAST-OUTPUT-TOKENS-RESET", "2026-11-24T10:15:31.5+01:00"))
                .containsExactly(
                        limit("fast-output-tokens", null, null, "2026-11-24T09:15:31.5Z"),
                        limit("priority-input-tokens", "10", "5", null));
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic-ratelimit-requests-limit, -1",
        "anthropic-ratelimit-requests-limit, 1e999999999",
        "anthropic-ratelimit-requests-limit, 1.5",
        "anthropic-ratelimit-requests-limit, ''",
        "anthropic-ratelimit-requests-limit, 9999999999999999999",
        "anthropic-ratelimit-requests-remaining, many",
        "anthropic-ratelimit-requests-reset, tomorrow",
        "anthropic-ratelimit-requests-reset, -5",
        "anthropic-ratelimit-requests-reset, 1e3",
        "anthropic-ratelimit-requests-used, 5",
        "anthropic-ratelimit--limit, 5",
        "anthropic-ratelimit-limit, 5",
        "anthropic-ratelimit-réquests-limit, 5",
        "anthropic-ratelimit-with space-limit, 5",
        "anthropic-other-requests-limit, 5",
        "anthropic-organization-id, 5",
        "x-ratelimit-requests-limit, 5",
        "anthropic-ratelimit-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-limit, 5"
    })
    void invalidHeaderIsIgnored(String name, String value) {
        assertThat(read(name, value)).isEmpty();
    }

    @Test
    void limitsOfASubscriptionAreLeftOut() {
        assertThat(sample("subscription-rejected")).isEmpty();
        assertThat(read("anthropic-ratelimit-unifiedx-limit", "5")).containsExactly(limit("unifiedx", "5", null, null));
    }

    @Test
    void invalidHeaderDoesNotAffectOthers() {
        assertThat(read("anthropic-ratelimit-requests-limit", "x", "anthropic-ratelimit-requests-remaining", "5"))
                .containsExactly(limit("requests", null, "5", null));
    }

    @Test
    void numberOfLimitsIsBounded() {
        var headers = new ArrayList<String>();
        for (int i = 0; i < 100; i++) {
            headers.addAll(List.of("anthropic-ratelimit-x" + i + "-limit", "5"));
        }
        assertThat(read(headers.toArray(new String[0]))).hasSize(RateLimitHeaders.MAX_NAMES);
    }

    private static List<RateLimitHeader> sample(String file) {
        return RateLimitHeaders.read(GivenFields.sample(file), NOW);
    }

    private static List<RateLimitHeader> read(String... namesAndValues) {
        return RateLimitHeaders.read(GivenFields.of(namesAndValues), NOW);
    }

    private static RateLimitHeader limit(
            String name, @Nullable String limit, @Nullable String remaining, @Nullable String reset) {
        return new RateLimitHeader(
                name,
                limit == null ? null : new BigDecimal(limit),
                remaining == null ? null : new BigDecimal(remaining),
                reset == null ? null : Instant.parse(reset));
    }
}
