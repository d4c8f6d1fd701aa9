package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The endpoints that report an organization's usage by model. They need an Admin key. */
public enum UsageApi {
    /** The current endpoint, queried for messages and message batches only. */
    ANALYTICS {
        @Override
        public String target(Instant from, Instant until, BucketWidth width, @Nullable String page) {
            return "/v1/organizations/analytics/usage?starting_at=" + from + "&ending_at=" + until
                    + "&time_bucket_width=" + width.label() + "&group_by%5B%5D=model&products%5B%5D=messages_api"
                    + "&products%5B%5D=message_batches_api&order_by=time&limit=1000" + pageParameter(page);
        }

        @Override
        public Duration maxRange() {
            return Duration.ofDays(31);
        }

        @Override
        public boolean reportsRequests() {
            return true;
        }

        @Override
        public @Nullable UsageReport read(JsonNode response) {
            return UsageReport.ofRows(response);
        }

        @Override
        Map<String, String> moreHeaders() {
            return Map.of("anthropic-beta", "analytics-usage-cost-2026-08-24");
        }
    },
    /** The older endpoint, for organizations without the current one. Has no end parameter. */
    MESSAGES {
        @Override
        public String target(Instant from, Instant until, BucketWidth width, @Nullable String page) {
            return "/v1/organizations/usage_report/messages?starting_at=" + from + "&bucket_width=" + width.label()
                    + "&group_by%5B%5D=model&limit=" + width.maxBuckets() + pageParameter(page);
        }

        @Override
        public Duration maxRange() {
            return Duration.ofDays(366);
        }

        @Override
        public boolean reportsRequests() {
            return false;
        }

        @Override
        public @Nullable UsageReport read(JsonNode response) {
            return UsageReport.ofBuckets(response);
        }

        @Override
        Map<String, String> moreHeaders() {
            return Map.of();
        }
    };

    /** There are no reports for earlier times. */
    public static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

    /**
     * Path and query of a page.
     *
     * @param from start of a bucket
     * @param until end of a bucket, at most {@link #maxRange()} after {@code from}; may be in the future
     * @param page the {@link UsageReport#nextPage()} of the previous page; null for the first
     */
    public abstract String target(Instant from, Instant until, BucketWidth width, @Nullable String page);

    /** The maximum range of one query. */
    public abstract Duration maxRange();

    /** Whether rows report requests. */
    public abstract boolean reportsRequests();

    /** Reads a page; null if the response is not a report. */
    public abstract @Nullable UsageReport read(JsonNode response);

    abstract Map<String, String> moreHeaders();

    /** The headers of a request. */
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
