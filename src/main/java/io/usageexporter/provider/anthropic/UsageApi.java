package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls with which Anthropic reports an organization's usage, by model. They need an Admin key. */
public enum UsageApi {
    /** The current one, of which we ask only for what calls and batches of the Messages API used. */
    ANALYTICS {
        @Override
        public String target(Instant from, Instant until, BucketWidth width, @Nullable String page) {
            return "/v1/organizations/analytics/usage?starting_at=" + from + "&ending_at=" + until
                    + "&time_bucket_width=" + width.label() + "&group_by%5B%5D=model&products%5B%5D=messages_api"
                    + "&products%5B%5D=message_batches_api&order_by=time&limit=1000" + pageParameter(page);
        }

        @Override
        public Duration longestSpan() {
            return Duration.ofDays(31);
        }

        @Override
        public boolean tellsRequests() {
            return true;
        }

        @Override
        public @Nullable UsageReport read(JsonNode answer) {
            return UsageReport.ofRows(answer);
        }

        @Override
        Map<String, String> moreHeaders() {
            return Map.of("anthropic-beta", "analytics-usage-cost-2026-08-24");
        }
    },
    /** The older one, for organizations that have not got the other. It ends with the present. */
    MESSAGES {
        @Override
        public String target(Instant from, Instant until, BucketWidth width, @Nullable String page) {
            return "/v1/organizations/usage_report/messages?starting_at=" + from + "&bucket_width=" + width.label()
                    + "&group_by%5B%5D=model&limit=" + width.mostBuckets() + pageParameter(page);
        }

        @Override
        public Duration longestSpan() {
            return Duration.ofDays(366);
        }

        @Override
        public boolean tellsRequests() {
            return false;
        }

        @Override
        public @Nullable UsageReport read(JsonNode answer) {
            return UsageReport.ofBuckets(answer);
        }

        @Override
        Map<String, String> moreHeaders() {
            return Map.of();
        }
    };

    /** Nothing is reported of the time before. */
    public static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

    /**
     * Path and query of a page.
     *
     * @param from where a bucket begins
     * @param until where a bucket ends, later than {@code from} by at most {@link #longestSpan()}; may lie ahead
     * @param page the {@link UsageReport#nextPage()} of the page before; null for the first
     */
    public abstract String target(Instant from, Instant until, BucketWidth width, @Nullable String page);

    /** How long a span may be asked for at once. */
    public abstract Duration longestSpan();

    /** Whether its rows report requests. */
    public abstract boolean tellsRequests();

    /** Reads a page; null if this is no such report. */
    public abstract @Nullable UsageReport read(JsonNode answer);

    abstract Map<String, String> moreHeaders();

    /** The headers to ask with. */
    public Map<String, String> headers(String adminKey) {
        var headers = new HashMap<>(moreHeaders());
        headers.put("x-api-key", adminKey);
        headers.put("anthropic-version", "2023-06-01");
        return headers;
    }

    private static String pageParameter(@Nullable String page) {
        return page == null ? "" : "&page=" + URLEncoder.encode(page, StandardCharsets.UTF_8);
    }
}
