package io.usageexporter.provider.anthropic;

import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Anthropic reports of one model in one span of time. Immutable.
 *
 * @param startingAt when the span begins
 * @param endingAt when it has ended
 * @param model empty where the report names none
 * @param tokens of every kind that is reported, also those of 0
 * @param requests null if they are not reported
 */
public record UsageReportRow(
        Instant startingAt,
        Instant endingAt,
        String model,
        Map<TokenKind, BigDecimal> tokens,
        @Nullable BigDecimal requests) {
    public UsageReportRow {
        tokens = Map.copyOf(tokens);
    }
}
