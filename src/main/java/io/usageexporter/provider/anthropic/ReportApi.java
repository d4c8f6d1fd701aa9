package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Measure;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The endpoints that report an organization's usage and costs by model. They need an Admin key. */
public enum ReportApi {
    /** Usage of messages and message batches. */
    ANALYTICS_USAGE("analytics/usage", "model"),
    /** For organizations without the above. */
    USAGE_REPORT("usage_report/messages", "model"),
    /** Costs of messages and message batches. */
    ANALYTICS_COST("analytics/cost", "model"),
    /** For organizations without the above. Includes the costs of everything else. Its buckets are days. */
    COST_REPORT("cost_report", "description");

    /** There are no reports for earlier times. */
    public static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

    private static final String ORGANIZATION = "/v1/organizations/";

    private final String path;
    private final String grouping;

    /** @param grouping the dimension that separates models */
    ReportApi(String path, String grouping) {
        this.path = path;
        this.grouping = grouping;
    }

    /** Whether this is a current endpoint; the older ones have buckets and no end parameter. */
    private boolean isCurrent() {
        return this == ANALYTICS_USAGE || this == ANALYTICS_COST;
    }

    /**
     * Path and query of a page.
     *
     * @param from start of a bucket
     * @param until end of a bucket, at most {@link #maxRange()} after {@code from}; may be in the future
     * @param page the {@link ReportPage#nextPage()} of the previous page; null for the first
     */
    public String target(Instant from, Instant until, BucketWidth width, @Nullable String page) {
        String start = ORGANIZATION + path + "?starting_at=" + from;
        String group = "&group_by%5B%5D=" + grouping;
        String query = isCurrent()
                ? "&ending_at=" + until + "&time_bucket_width=" + width.label() + group
                        + "&products%5B%5D=messages_api&products%5B%5D=message_batches_api&order_by=time&limit=1000"
                : "&bucket_width=" + width.label() + group + "&limit=" + width.maxBuckets();
        return start + query + (page == null ? "" : "&page=" + URLEncoder.encode(page, StandardCharsets.UTF_8));
    }

    /** The maximum range of one query. */
    public Duration maxRange() {
        return Duration.ofDays(isCurrent() ? 31 : 366);
    }

    /** Whether there are buckets of this width. */
    public boolean hasBuckets(BucketWidth width) {
        return this != COST_REPORT || width == BucketWidth.DAY;
    }

    /** The resources that it reports. */
    public Set<String> resources() {
        return switch (this) {
            case ANALYTICS_USAGE -> Set.of(Measure.REQUESTS, Measure.TOKENS);
            case USAGE_REPORT -> Set.of(Measure.TOKENS);
            case ANALYTICS_COST, COST_REPORT -> Set.of(Measure.USD);
        };
    }

    /** What is reported without the current endpoint, for the log. */
    String restriction() {
        return this == COST_REPORT ? "costs by UTC day at most" : "tokens only";
    }

    /** Reads a page; null if the response is not a report. */
    public @Nullable ReportPage read(JsonNode response) {
        return isCurrent() ? ReportPage.ofRows(response, this::amounts) : ReportPage.ofBuckets(response, this::amounts);
    }

    private @Nullable Map<Measure, BigDecimal> amounts(JsonNode row) {
        return switch (this) {
            case ANALYTICS_USAGE -> ReportAmounts.usage(row.path("usage"));
            case USAGE_REPORT -> ReportAmounts.usage(row);
            case ANALYTICS_COST -> ReportAmounts.cost(row.path("cost"));
            case COST_REPORT -> ReportAmounts.cost(row);
        };
    }

    /** The headers of a request. */
    public Map<String, String> headers(String adminKey) {
        var headers = new HashMap<>(Map.of("x-api-key", adminKey, "anthropic-version", "2023-06-01"));
        if (isCurrent()) {
            headers.put("anthropic-beta", "analytics-usage-cost-2026-08-24");
        }
        return headers;
    }
}
