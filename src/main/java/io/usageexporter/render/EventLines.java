package io.usageexporter.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Events as JSON, one a line, as they may be posted. */
public final class EventLines implements AutoCloseable {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final JsonGenerator json;

    /** @param out stays open */
    public EventLines(Writer out) throws IOException {
        json = JSON.createGenerator(out).setRootValueSeparator(null);
    }

    /**
     * Writes an event.
     *
     * @param counted what its provider counts; what of it is 0 and would be another number by default is written
     */
    public void write(UsageEvent event, Set<String> counted) throws IOException {
        json.writeStartObject();
        if (event.id() != null) {
            json.writeStringField("id", event.id());
        }
        json.writeStringField("provider", event.provider());
        json.writeStringField("category", event.category());
        writeUnlessEmpty("consumer", event.consumer());
        writeUnlessEmpty("model", event.model());
        writeUnlessEmpty("pricing", event.pricing().text());
        if (event.at() != null) {
            json.writeStringField("at", event.at().toString());
        }
        json.writeObjectFieldStart("usage");
        writeUsage(event.usage(), counted);
        json.writeEndObject();
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void writeUnlessEmpty(String name, String text) throws IOException {
        if (!text.isEmpty()) {
            json.writeStringField(name, text);
        }
    }

    private void writeUsage(Usage usage, Set<String> counted) throws IOException {
        var units = new TreeMap<String, Amount>();
        var tokens = new TreeMap<TokenKind, Amount>();
        usage.forEach((measure, amount) -> {
            if (measure.kind() == null) {
                units.put(measure.resource(), amount);
            } else {
                tokens.put(measure.kind(), amount);
            }
        });
        if (counted.contains(Measure.REQUESTS)) {
            units.putIfAbsent(Measure.REQUESTS, Amount.of(0)); // which would be 1
        }
        if (units.isEmpty() && tokens.isEmpty()) { // which may not be empty
            units.put(counted.stream().findFirst().orElse(Measure.REQUESTS), Amount.of(0));
        }
        for (Map.Entry<String, Amount> each : units.entrySet()) {
            writeAmount(each.getKey(), each.getValue());
        }
        if (!tokens.isEmpty()) {
            json.writeObjectFieldStart(Measure.TOKENS);
            for (Map.Entry<TokenKind, Amount> each : tokens.entrySet()) {
                writeAmount(each.getKey().label(), each.getValue());
            }
            json.writeEndObject();
        }
    }

    private void writeAmount(String name, Amount amount) throws IOException {
        json.writeFieldName(name);
        json.writeNumber(amount.toString());
    }

    /** Passes on what was written so far. */
    public void flush() throws IOException {
        json.flush();
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
