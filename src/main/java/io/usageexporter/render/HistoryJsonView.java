package io.usageexporter.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.usageexporter.quota.Quota;
import io.usageexporter.report.History;
import io.usageexporter.report.ProviderHistory;
import io.usageexporter.report.WindowReport;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A history as JSON: per provider a list of windows, oldest first, each in the format of {@link JsonView}. */
public final class HistoryJsonView {
    private static final JsonFactory JSON = new JsonFactory();

    private HistoryJsonView() {}

    /** One JSON object followed by a line feed, in UTF-8. */
    public static byte[] render(History history) {
        var bytes = new ByteArrayBuilder();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            JsonView.generatedAt(json, history.generatedAt());
            json.writeStringField("window", history.window().label());
            JsonView.thresholds(json, history.thresholds());
            json.writeObjectFieldStart("history");
            for (ProviderHistory provider : history.providers()) {
                json.writeArrayFieldStart(provider.provider().name());
                for (WindowReport window : provider.windows()) {
                    window(json, window);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bytes.append('\n');
        return bytes.toByteArray();
    }

    private static void window(JsonGenerator json, WindowReport window) throws IOException {
        json.writeStartObject();
        json.writeStringField("from", WindowBounds.from(window));
        json.writeStringField("to", WindowBounds.to(window));
        object(json, "used", JsonView.used(window));
        object(json, "limit", JsonView.limits(window));
        object(json, "percent", JsonView.quotas(window, Quota::percent));
        object(json, "status", JsonView.status(window));
        object(json, "breakdown", JsonView.breakdown(window.breakdown()));
        object(json, "consumers", JsonView.breakdown(window.consumers()));
        object(json, "models", JsonView.breakdown(window.models()));
        object(json, "unpriced", JsonView.breakdown(window.unpriced()));
        json.writeEndObject();
    }

    private static void object(JsonGenerator json, String name, JsonView.Fields fields) throws IOException {
        json.writeObjectFieldStart(name);
        fields.write(json);
        json.writeEndObject();
    }
}
