package io.usageexporter.cli;

import java.util.ArrayList;
import java.util.List;

/** What is to be read from every sample, worked out by hand. */
final class SampleTables {
    /**
     * By request, then by sample: the amounts, each with its price on 2026-11-24 in USD (per million for tokens, per unit for
     * searches), and what they cost together. Fast speed is asked for in each request, and billed where it was served.
     */
    static final String EXPECTED = """
            POST /gateway/anthropic/v1/messages
              anthropic/messages-response-cached.json
                claude-sonnet-5-5: 57 input x 2 + 203 output x 10 + 18350 cache_read x 0.1 + 1900 cache_write_5m x 2.5 + 500 cache_write_1h x 4 = 0.010729
              anthropic/messages-response-minimal.json
                claude-haiku-4-5-20251001: 11 input x 1 + 4 output x 5 = 0.000031
              anthropic/messages-response-fast.json
                claude-opus-5-5 (fast): 1200 input x 8 + 450 output x 40 + 3000 cache_read x 0.4 + 700 cache_write_1h x 16 = 0.04
              anthropic/messages-response-us.json
                claude-opus-4-8 (us): 2000 input x 5.5 + 300 output x 27.5 + 4000 cache_read x 0.55 + 1000 cache_write_5m x 6.875 = 0.028325
              anthropic/messages-response-priority.json
                claude-opus-5-5 (priority): 900 input unpriced + 80 output unpriced
              anthropic/messages-response-new-model.json
                claude-opus-6: 1200 input unpriced + 300 output unpriced
              anthropic/messages-response-iterations.json
                claude-opus-5-5: 800 input x 4 + 60 output x 20 = 0.0044
                claude-sonnet-5-5: 3500 input x 2 + 300 output x 10 = 0.01
              anthropic/stream-complete.sse
                claude-sonnet-5-5: 57 input x 2 + 27 output x 10 + 18350 cache_read x 0.1 = 0.002219
              anthropic/stream-delta-output-only.sse
                claude-haiku-4-5-20251001: 25 input x 1 + 15 output x 5 = 0.0001
              anthropic/stream-thinking-tool-use.sse
                claude-opus-5-5: 472 input x 4 + 161 output x 20 = 0.005108
              anthropic/stream-error-midway.sse
                claude-opus-5-5: 640 input x 4 + 1 output x 20 = 0.00258
              anthropic/stream-truncated.sse
                claude-sonnet-5-5: 88 input x 2 + 2 output x 10 = 0.000196
              anthropic/stream-long-prompt.sse
                claude-haiku-5-5 (long): 1000 input x 0.5 + 2000 output x 2.5 + 90000 cache_read x 0.05 + 9001 cache_write_5m x 0.625 = 0.015625625
              anthropic/stream-web-search.sse
                claude-sonnet-5-5: 10682 input x 2 + 510 output x 10 + 3 web_searches x 0.01 = 0.056464
            GET /gateway/anthropic/v1/messages/batches/msgbatch_1/results
              anthropic/batch-results.jsonl
                claude-haiku-4-5-20251001 (batch): 210 input x 0.5 + 35 output x 2.5 = 0.0001925
                claude-sonnet-5-5 (batch): 90 input x 1 + 61 output x 5 + 4000 cache_read x 0.05 = 0.000595
              anthropic/batch-results-priced.jsonl
                claude-haiku-5-5 (batch): 100000 input x 0.05 + 10 output x 0.25 = 0.0050025
                claude-haiku-5-5 (batch+long): 99001 input x 0.25 + 10 output x 1.25 + 1000 cache_read x 0.025 = 0.02478775
                claude-opus-5-5 (batch+us): 1000 input x 2.2 + 100 output x 11 + 2000 cache_write_1h x 4.4 = 0.0121
                claude-sonnet-5-5 (batch): 400 input x 1 + 20 output x 5 + 2 web_searches x 0.01 = 0.0205
            GET /gateway/apify/v2/actor-runs/Rn0SampleRunId001
              apify/run-running.json
                0.017 compute_units unpriced
              apify/run-succeeded-preliminary.json
                (reported): 0.0409 compute_units included + 0.425728 usd = 0.425728
              apify/run-succeeded.json
                (reported): 0.051778 compute_units included + 0.579904 usd = 0.579904
              apify/run-succeeded-without-token.json
                0.051778 compute_units unpriced
              apify/run-aborted.json
                (reported): 0.0085 compute_units included + 0.579904 usd = 0.579904
              apify/run-failed.json
                (reported): 0.012 compute_units included + 0.579904 usd = 0.579904
              apify/run-timed-out.json
                (reported): 1.000028 compute_units included + 0.579904 usd = 0.579904
            POST /webhooks/apify/secret
              apify/webhook-succeeded.json
                (reported): 0.051778 compute_units included + 0.579904 usd = 0.579904
              apify/webhook-failed.json
                (reported): 0.012 compute_units included + 0.579904 usd = 0.579904
              apify/webhook-custom-template-minimal.json
                (reported): 0.051778 compute_units included + 0.579904 usd = 0.579904
            POLL /v2/actor-runs
              apify/actor-runs-list.json
                (reported): 0.051778 compute_units included + 0.579904 usd = 0.579904
            """;

    /** By request: what is not billed, or says nothing of what is. */
    static final String WITHOUT_USAGE = """
            POST /gateway/anthropic/v1/messages
              anthropic/error-400-own-spend-limit.json
              anthropic/error-401.json
              anthropic/error-413-request-too-large.json
              anthropic/error-429-rate-limit.json
              anthropic/error-429-spend-cap.json
              anthropic/error-529-overloaded.json
              anthropic/subscription-rejected.headers.txt
            POST /gateway/anthropic/v1/messages/count_tokens
              anthropic/count-tokens-response.json
            GET /gateway/anthropic/v1/messages/batches/msgbatch_1
              anthropic/batch-in-progress.json
              anthropic/batch-ended.json
            GET /gateway/anthropic/v1/organizations/any
              anthropic/admin-claude-code-usage.json
              anthropic/organization-rate-limits.json
              anthropic/organization-rate-limits-older-shape.json
              anthropic/organization-spend-limits.json
            POST /gateway/anthropic/v1/complete
              anthropic/complete-legacy-response.json
            GET /gateway/apify/v2/any
              apify/actor.json
              apify/users-me.json
              apify/error-401.json
              apify/error-408-run-sync-timeout.json
              apify/error-429.json
            GET /gateway/apify/v2/actor-runs/Rn0SampleRunId001
              apify/run-ready.json
            POST /webhooks/apify/secret
              apify/webhook-created.json
            POST /gateway/apify/v2/acts/any~actor/run-sync-get-dataset-items
              apify/run-sync-get-dataset-items-response.json
            """;

    /** By poll: what the provider's own reports say of this month, which stands beside what is recorded. */
    static final String REPORTED = """
            POLL /v1/organizations/analytics/usage
              anthropic/analytics-usage-page1.json
              anthropic/analytics-usage-page2.json
                requests: 3120 + 9 = 3129
                tokens: 1200340 + 340000 + 20000 + 210455 = 1770795
            POLL /v1/organizations/usage_report/messages
              anthropic/admin-usage-messages-page1.json
              anthropic/admin-usage-messages-page2.json
                tokens: 1200340 + 340000 + 20000 + 210455 + 640000 + 88000 + 77000 + 15500 = 2591295
            POLL /v1/organizations/analytics/cost
              anthropic/analytics-cost.json
                usd: 1032.7845 / 100 = 10.327845
            POLL /v1/organizations/cost_report
              anthropic/admin-cost-report.json
                usd: (360.102 + 315.6825 + 12 + 5.25) / 100 = 6.930345
            POLL /v2/users/me/limits
              apify/users-me-limits.json
                compute_units: as reported = 212.784475
            POLL /v2/users/me/usage/monthly
              apify/users-me-usage-monthly.json
                usd: 42.556895 + 0.09 + 3.2 = 45.846895
            """;

    private SampleTables() {}

    /**
     * A row of a table.
     *
     * @param request by which it is read: a method, or {@code POLL}, and a target
     * @param samples the pages of the answer; of a webhook, the posted body
     */
    record Row(String request, List<String> samples, List<String> amounts) {
        /** The rows of a table. */
        static List<Row> read(String table) {
            var rows = new ArrayList<Row>();
            String request = "";
            for (String line : table.lines().toList()) {
                Row last = rows.isEmpty() ? null : rows.get(rows.size() - 1);
                if (!line.startsWith(" ")) {
                    request = line;
                } else if (last != null && line.startsWith("    ")) {
                    last.amounts().add(line.strip());
                } else if (last != null && line.endsWith("-page2.json")) {
                    last.samples().add(line.strip());
                } else {
                    rows.add(new Row(request, new ArrayList<>(List.of(line.strip())), new ArrayList<>()));
                }
            }
            return rows;
        }

        String sample() {
            return samples.get(0);
        }

        String method() {
            return request.substring(0, request.indexOf(' '));
        }

        String target() {
            return request.substring(request.indexOf(' ') + 1);
        }

        String provider() {
            return sample().substring(0, sample().indexOf('/'));
        }

        @Override
        public String toString() {
            return String.join(", ", samples);
        }
    }
}
