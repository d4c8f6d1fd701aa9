package io.usageexporter.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.usageexporter.event.Decimals;
import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.report.WindowReport;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The report in the format of {@code GET /api/usage}: trees keyed by provider, window and resource. */
public final class JsonView {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonView() {}

    /** One JSON object followed by a line feed. */
    public static String render(Report report) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            generatedAt(json, report.generatedAt());
            thresholds(json, report.thresholds());
            tree(json, "limits", report, (provider, window) -> limits(window));
            tree(json, "used", report, (provider, window) -> used(window));
            tree(json, "remaining", report, (provider, window) -> quotas(window, Quota::remaining));
            tree(json, "percent", report, (provider, window) -> quotas(window, Quota::percent));
            tree(json, "status", report, (provider, window) -> status(window));
            unknown(json, report);
            resets(json, report);
            tree(json, "exhausted_at", report, JsonView::exhaustions);
            tree(json, "breakdown", report, (provider, window) -> breakdown(window.breakdown()));
            tree(json, "consumers", report, (provider, window) -> breakdown(window.consumers()));
            tree(json, "models", report, (provider, window) -> breakdown(window.models()));
            tree(json, "consumer_quotas", report, (provider, window) -> consumerQuotas(window));
            tree(json, "unpriced", report, (provider, window) -> breakdown(window.unpriced()));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    /** Writes fields into the current object. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    static void generatedAt(JsonGenerator json, Instant instant) throws IOException {
        json.writeStringField(
                "generated_at", instant.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    static void thresholds(JsonGenerator json, Thresholds thresholds) throws IOException {
        json.writeObjectFieldStart("thresholds");
        number(json, "warning", Decimals.plain(thresholds.warning()));
        number(json, "critical", Decimals.plain(thresholds.critical()));
        json.writeEndObject();
    }

    private static void tree(
            JsonGenerator json, String name, Report report, BiFunction<ProviderReport, WindowReport, Fields> fields)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (ProviderReport provider : report.providers()) {
            json.writeObjectFieldStart(provider.provider().name());
            for (WindowReport window : provider.windows()) {
                json.writeObjectFieldStart(window.window().label());
                fields.apply(provider, window).write(json);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    static Fields numbers(Map<String, BigDecimal> byResource) {
        return json -> {
            for (var entry : byResource.entrySet()) {
                amount(json, entry.getKey(), entry.getValue());
            }
        };
    }

    /** What is used of each resource of which something is known. */
    static Fields used(WindowReport window) {
        return json -> {
            for (var used : window.used().entrySet()) {
                if (!window.isUnknown(used.getKey())) {
                    amount(json, used.getKey(), used.getValue());
                }
            }
        };
    }

    static Fields limits(WindowReport window) {
        return json -> {
            for (var quota : window.quotas().entrySet()) {
                amount(json, quota.getKey(), quota.getValue().limit());
            }
        };
    }

    /** A figure of each quota of whose usage something is known. */
    static Fields quotas(WindowReport window, Function<Quota, BigDecimal> value) {
        return json -> {
            for (var quota : window.quotas().entrySet()) {
                if (!quota.getValue().isUnknown()) {
                    amount(json, quota.getKey(), value.apply(quota.getValue()));
                }
            }
        };
    }

    static Fields status(WindowReport window) {
        return json -> {
            for (var quota : window.quotas().entrySet()) {
                if (!quota.getValue().isUnknown()) {
                    json.writeStringField(
                            quota.getKey(), quota.getValue().status().label());
                }
            }
        };
    }

    static Fields breakdown(Map<String, ? extends Map<String, BigDecimal>> byName) {
        return json -> {
            for (var part : byName.entrySet()) {
                json.writeObjectFieldStart(part.getKey());
                numbers(part.getValue()).write(json);
                json.writeEndObject();
            }
        };
    }

    private static Fields consumerQuotas(WindowReport window) {
        return json -> {
            for (var consumer : window.consumerQuotas().entrySet()) {
                json.writeObjectFieldStart(consumer.getKey());
                for (var quota : consumer.getValue().entrySet()) {
                    json.writeObjectFieldStart(quota.getKey());
                    quota(json, quota.getKey(), quota.getValue());
                    json.writeEndObject();
                }
                json.writeEndObject();
            }
        };
    }

    private static void quota(JsonGenerator json, String resource, Quota quota) throws IOException {
        number(json, "limit", Decimals.plain(resource, quota.limit()));
        if (!quota.isUnknown()) {
            number(json, "used", Decimals.plain(resource, quota.used()));
            number(json, "remaining", Decimals.plain(resource, quota.remaining()));
            number(json, "percent", Decimals.plain(quota.percent()));
            json.writeStringField("status", quota.status().label());
        }
    }

    private static Fields exhaustions(ProviderReport provider, WindowReport window) {
        return json -> {
            for (var forecast : provider.forecasts(window.window()).entrySet()) {
                Instant at = forecast.getValue().at();
                json.writeStringField(forecast.getKey(), at == null ? null : at.toString());
            }
        };
    }

    private static void unknown(JsonGenerator json, Report report) throws IOException {
        json.writeObjectFieldStart("unknown");
        for (ProviderReport provider : report.providers()) {
            if (!provider.isKnown()) {
                json.writeStringField(provider.provider().name(), provider.unknown());
            }
        }
        json.writeEndObject();
    }

    private static void resets(JsonGenerator json, Report report) throws IOException {
        json.writeObjectFieldStart("resets_at");
        for (ProviderReport provider : report.providers()) {
            json.writeObjectFieldStart(provider.provider().name());
            for (WindowReport window : provider.windows()) {
                Instant at = window.resetsAt();
                json.writeStringField(window.window().label(), at == null ? null : at.toString());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void amount(JsonGenerator json, String resource, BigDecimal value) throws IOException {
        number(json, resource, Decimals.plain(resource, value));
    }

    private static void number(JsonGenerator json, String name, String value) throws IOException {
        json.writeFieldName(name);
        json.writeNumber(value);
    }
}
