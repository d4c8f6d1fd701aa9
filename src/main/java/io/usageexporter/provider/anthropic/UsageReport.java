package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
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
 * One page of Anthropic's report of an organization's usage. Immutable.
 *
 * @param rows may contain several rows for the same model and time
 * @param nextPage the cursor of the next page; null on the last one
 */
public record UsageReport(
        List<UsageReportRow> rows, @Nullable String nextPage) {
    private static final int MAX_DIGITS = 18;

    public UsageReport {
        rows = List.copyOf(rows);
    }

    /**
     * Reads a response whose rows have their own time range and report requests.
     *
     * @return null if the response is not a report: unknown usage is not zero usage
     */
    static @Nullable UsageReport ofRows(JsonNode response) {
        var rows = new ArrayList<@Nullable UsageReportRow>();
        for (JsonNode row : response.path("data")) {
            JsonNode usage = row.path("usage");
            rows.add(row(row, row.path("group").path("model"), usage, usage.path("requests")));
        }
        return report(response, rows);
    }

    /** Reads a response whose rows are grouped in time buckets and report no requests; null if it is not a report. */
    static @Nullable UsageReport ofBuckets(JsonNode response) {
        var rows = new ArrayList<@Nullable UsageReportRow>();
        for (JsonNode bucket : response.path("data")) {
            if (!bucket.path("results").isArray()) {
                return null;
            }
            for (JsonNode row : bucket.path("results")) {
                rows.add(row(bucket, row.path("model"), row, MissingNode.getInstance()));
            }
        }
        return report(response, rows);
    }

    private static @Nullable UsageReport report(JsonNode response, List<@Nullable UsageReportRow> rows) {
        String nextPage = response.path("next_page").textValue();
        boolean more = response.path("has_more").asBoolean(nextPage != null);
        var known = new ArrayList<UsageReportRow>();
        for (UsageReportRow row : rows) {
            if (row != null) {
                known.add(row);
            }
        }
        boolean valid = response.path("data").isArray() && known.size() == rows.size() && (!more || nextPage != null);
        return valid ? new UsageReport(known, more ? nextPage : null) : null;
    }

    private static @Nullable UsageReportRow row(JsonNode span, JsonNode model, JsonNode usage, JsonNode requests) {
        Instant startingAt = instant(span.path("starting_at"));
        if (startingAt == null || instant(span.path("ending_at")) == null || !usage.isObject()) {
            return null;
        }
        JsonNode cacheCreation = usage.path("cache_creation");
        Map<TokenKind, JsonNode> reported = Map.of(
                TokenKind.INPUT, usage.path("uncached_input_tokens"),
                TokenKind.OUTPUT, usage.path("output_tokens"),
                TokenKind.CACHE_READ, usage.path("cache_read_input_tokens"),
                TokenKind.CACHE_WRITE_5M, cacheCreation.path("ephemeral_5m_input_tokens"),
                TokenKind.CACHE_WRITE_1H, cacheCreation.path("ephemeral_1h_input_tokens"));
        Map<TokenKind, BigDecimal> tokens = new EnumMap<>(TokenKind.class);
        for (var entry : reported.entrySet()) {
            BigDecimal count = isAbsent(entry.getValue()) ? BigDecimal.ZERO : count(entry.getValue());
            if (count == null) {
                return null; // an unreadable count is not 0
            }
            tokens.put(entry.getKey(), count);
        }
        if (!isAbsent(requests) && count(requests) == null) {
            return null;
        }
        return new UsageReportRow(startingAt, Identifiers.model(model.textValue()), tokens, count(requests));
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    /** A whole number from 0, or one as text; null for anything else. */
    private static @Nullable BigDecimal count(JsonNode node) {
        if (!node.isNumber() && !node.isTextual()) {
            return null;
        }
        try {
            BigDecimal count = new BigDecimal(node.asText()).stripTrailingZeros();
            long digits = (long) count.precision() - count.scale();
            return count.signum() >= 0 && count.scale() <= 0 && digits <= MAX_DIGITS ? count.setScale(0) : null;
        } catch (NumberFormatException e) { // not a number
            return null;
        }
    }

    private static @Nullable Instant instant(JsonNode node) {
        try {
            return node.isTextual() ? OffsetDateTime.parse(node.textValue()).toInstant() : null;
        } catch (DateTimeParseException e) { // not an instant
            return null;
        }
    }
}
