package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One page of what Anthropic reports of an organization's use. Immutable.
 *
 * @param rows several of them may be of the same model and span
 * @param nextPage what to ask for the next page with; null on the last one
 */
public record UsageReport(List<ReportedRow> rows, @Nullable String nextPage) {
    private static final int MAX_BITS = 62;

    public UsageReport {
        rows = List.copyOf(rows);
    }

    /**
     * Reads an answer in which each row has its own span and tells requests.
     *
     * @return null if it is not such a report: then nothing is known, which is not the same as no use
     */
    static @Nullable UsageReport ofRows(JsonNode answer) {
        var rows = new ArrayList<@Nullable ReportedRow>();
        for (JsonNode row : answer.path("data")) {
            JsonNode usage = row.path("usage");
            rows.add(row(row, row.path("group").path("model"), usage, number(usage.path("requests"))));
        }
        return report(answer, rows);
    }

    /** Reads an answer whose rows stand in buckets of time, and which tells no requests; otherwise the same. */
    static @Nullable UsageReport ofBuckets(JsonNode answer) {
        var rows = new ArrayList<@Nullable ReportedRow>();
        for (JsonNode bucket : answer.path("data")) {
            if (!bucket.path("results").isArray()) {
                return null;
            }
            for (JsonNode row : bucket.path("results")) {
                rows.add(row(bucket, row.path("model"), row, null));
            }
        }
        return report(answer, rows);
    }

    private static @Nullable UsageReport report(JsonNode answer, List<@Nullable ReportedRow> rows) {
        String nextPage = answer.path("next_page").textValue();
        boolean more = answer.path("has_more").asBoolean(nextPage != null);
        var known = new ArrayList<ReportedRow>();
        for (ReportedRow row : rows) {
            if (row != null) {
                known.add(row);
            }
        }
        boolean whole = answer.path("data").isArray() && known.size() == rows.size() && (!more || nextPage != null);
        return whole ? new UsageReport(known, more ? nextPage : null) : null;
    }

    private static @Nullable ReportedRow row(
            JsonNode span, JsonNode model, JsonNode usage, @Nullable BigDecimal requests) {
        Instant startingAt = instant(span.path("starting_at"));
        Instant endingAt = instant(span.path("ending_at"));
        if (startingAt == null || endingAt == null || !usage.isObject()) {
            return null;
        }
        JsonNode cacheCreation = usage.path("cache_creation");
        Map<TokenKind, BigDecimal> tokens = new EnumMap<>(TokenKind.class);
        tokens.put(TokenKind.INPUT, numberOrZero(usage.path("uncached_input_tokens")));
        tokens.put(TokenKind.OUTPUT, numberOrZero(usage.path("output_tokens")));
        tokens.put(TokenKind.CACHE_READ, numberOrZero(usage.path("cache_read_input_tokens")));
        tokens.put(TokenKind.CACHE_WRITE_5M, numberOrZero(cacheCreation.path("ephemeral_5m_input_tokens")));
        tokens.put(TokenKind.CACHE_WRITE_1H, numberOrZero(cacheCreation.path("ephemeral_1h_input_tokens")));
        return new ReportedRow(startingAt, endingAt, Names.model(model.textValue()), tokens, requests);
    }

    private static BigDecimal numberOrZero(JsonNode node) {
        BigDecimal number = number(node);
        return number == null ? BigDecimal.ZERO : number;
    }

    /** A count of 0 or more; anything else is not told. */
    private static @Nullable BigDecimal number(JsonNode node) {
        boolean count = node.isIntegralNumber()
                && node.bigIntegerValue().signum() >= 0
                && node.bigIntegerValue().bitLength() <= MAX_BITS;
        return count ? node.decimalValue() : null;
    }

    private static @Nullable Instant instant(JsonNode node) {
        try {
            return node.isTextual() ? OffsetDateTime.parse(node.textValue()).toInstant() : null;
        } catch (DateTimeParseException e) { // which only says that this is no instant
            return null;
        }
    }
}
