package io.usageexporter.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.Measure;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes uses as the events that {@code POST /api/usage} takes. */
final class EventWriter {
    /** The exporter takes no larger event, and may close the connection on one without a word. */
    static final int MAX_EVENT_BYTES = 1 << 20;

    private static final JsonFactory JSON = new JsonFactory();

    private EventWriter() {}

    /**
     * Writes one event as UTF-8.
     *
     * @throws InvalidEventException when it cannot be an event, whatever the exporter's configuration
     */
    static byte[] write(UsageRecord use) {
        if (use.fault != null) {
            throw new InvalidEventException(use.fault);
        }
        byte[] event = utf8(json(use));
        if (event.length > MAX_EVENT_BYTES) {
            throw new InvalidEventException("an event may have at most 1 MiB");
        }
        return event;
    }

    private static String json(UsageRecord use) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (var field : use.fields.entrySet()) {
                json.writeStringField(field.getKey(), field.getValue());
            }
            json.writeFieldName("usage");
            writeUsage(json, use);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Strictly: a replaced character could make one id of two. */
    private static byte[] utf8(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new InvalidEventException("a text must not hold half surrogate pairs");
        }
    }

    private static void writeUsage(JsonGenerator json, UsageRecord use) throws IOException {
        if (use.usage != null) {
            checkUsage(use.usage, use);
            json.writeRawValue(use.usage);
            return;
        }
        json.writeStartObject();
        writeAmounts(json, use.amounts);
        if (!use.tokens.isEmpty()) {
            json.writeObjectFieldStart(Measure.TOKENS);
            writeAmounts(json, use.tokens);
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeAmounts(JsonGenerator json, Map<String, Amount> amounts) throws IOException {
        for (var amount : amounts.entrySet()) {
            json.writeFieldName(amount.getKey());
            json.writeNumber(amount.getValue().toString());
        }
    }

    /** One that is not whole would break the batch that it is in. */
    private static void checkUsage(String usage, UsageRecord use) {
        if (!use.amounts.isEmpty() || !use.tokens.isEmpty()) {
            throw new InvalidEventException("the usage must be given as JSON or by amounts, not both");
        }
        boolean whole;
        try (JsonParser parser = JSON.createParser(usage)) {
            @Nullable JsonToken first = parser.nextToken();
            parser.skipChildren();
            whole = first == JsonToken.START_OBJECT && parser.nextToken() == null;
        } catch (IOException e) {
            whole = false;
        }
        if (!whole) {
            throw new InvalidEventException("the usage given as JSON must be one object");
        }
    }
}
