package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Measure;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One page of one of Anthropic's reports on an organization. Immutable.
 *
 * @param rows may contain several rows for the same model and time
 * @param nextPage the cursor of the next page; null on the last one
 */
public record ReportPage(List<ReportRow> rows, @Nullable String nextPage) {
    public ReportPage {
        rows = List.copyOf(rows);
    }

    /** Reads the amounts of a row; null if they are unreadable: what is unknown is not zero. */
    interface AmountReader {
        @Nullable
        Map<Measure, BigDecimal> read(JsonNode row);
    }

    /** Reads a response whose rows have their own time range; null if it is not a report. */
    static @Nullable ReportPage ofRows(JsonNode response, AmountReader reader) {
        var rows = new ArrayList<@Nullable ReportRow>();
        for (JsonNode row : response.path("data")) {
            rows.add(row(row, row.path("group").path("model"), reader.read(row)));
        }
        return page(response, rows);
    }

    /** Reads a response whose rows are grouped in time buckets; null if it is not a report. */
    static @Nullable ReportPage ofBuckets(JsonNode response, AmountReader reader) {
        var rows = new ArrayList<@Nullable ReportRow>();
        for (JsonNode bucket : response.path("data")) {
            if (!bucket.path("results").isArray()) {
                return null;
            }
            for (JsonNode row : bucket.path("results")) {
                rows.add(row(bucket, row.path("model"), reader.read(row)));
            }
        }
        return page(response, rows);
    }

    private static @Nullable ReportRow row(JsonNode range, JsonNode model, @Nullable Map<Measure, BigDecimal> amounts) {
        Instant startingAt = instant(range.path("starting_at"));
        return startingAt == null || instant(range.path("ending_at")) == null || amounts == null
                ? null
                : new ReportRow(startingAt, Identifiers.model(model.textValue()), amounts);
    }

    private static @Nullable ReportPage page(JsonNode response, List<@Nullable ReportRow> rows) {
        String nextPage = response.path("next_page").textValue();
        boolean more = response.path("has_more").asBoolean(nextPage != null);
        var known = new ArrayList<ReportRow>();
        for (ReportRow row : rows) {
            if (row != null) {
                known.add(row);
            }
        }
        boolean valid = response.path("data").isArray() && known.size() == rows.size() && (!more || nextPage != null);
        return valid ? new ReportPage(known, more ? nextPage : null) : null;
    }

    private static @Nullable Instant instant(JsonNode node) {
        try {
            return node.isTextual() ? OffsetDateTime.parse(node.textValue()).toInstant() : null;
        } catch (DateTimeParseException e) { // not an instant
            return null;
        }
    }
}
