package io.usageexporter.render;

import com.fasterxml.jackson.core.JsonGenerator;
import io.usageexporter.event.Decimals;
import io.usageexporter.provider.PlanWindow;
import io.usageexporter.provider.PlanWindowState;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.report.TrackingReport;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The windows of subscriptions as the tree {@code plan_windows}, keyed by provider, organization and window. */
final class PlanWindowsJson {
    private PlanWindowsJson() {}

    /** Writes the field into the current object. */
    static void write(JsonGenerator json, Report report, TrackingReport tracking) throws IOException {
        json.writeObjectFieldStart("plan_windows");
        for (ProviderReport provider : report.providers()) {
            String name = provider.provider().name();
            var subscriptions = tracking.subscriptions(name);
            if (!subscriptions.isEmpty()) {
                json.writeObjectFieldStart(name);
                for (var subscription : subscriptions.entrySet()) {
                    json.writeObjectFieldStart(subscription.getKey());
                    for (PlanWindowState state : subscription.getValue()) {
                        write(json, state, report.thresholds());
                    }
                    json.writeEndObject();
                }
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, PlanWindowState state, Thresholds thresholds) throws IOException {
        PlanWindow window = state.window();
        json.writeObjectFieldStart(window.name());
        json.writeFieldName("used_ratio");
        json.writeNumber(Decimals.plain(window.used()));
        json.writeStringField("status", window.quota(thresholds).status().label());
        if (window.status() != null) {
            json.writeStringField("provider_status", window.status());
        }
        json.writeBooleanField("binding", state.isBinding());
        instant(json, "resets_at", window.reset());
        instant(json, "exhausted_at", state.forecast().at());
        instant(json, "reported_at", state.reportedAt());
        json.writeEndObject();
    }

    private static void instant(JsonGenerator json, String name, @Nullable Instant value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value.truncatedTo(ChronoUnit.SECONDS).toString());
        }
    }
}
