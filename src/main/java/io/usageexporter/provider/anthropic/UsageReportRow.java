package io.usageexporter.provider.anthropic;

import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The usage that Anthropic reports for one model and time range. Immutable.
 *
 * @param startingAt start of the time range
 * @param model empty if the report names none
 * @param tokens by kind, including zeros
 * @param requests null if not reported
 */
public record UsageReportRow(
        Instant startingAt,
        String model,
        Map<TokenKind, BigDecimal> tokens,
        @Nullable BigDecimal requests) {
    public UsageReportRow {
        tokens = Map.copyOf(tokens);
    }
}
