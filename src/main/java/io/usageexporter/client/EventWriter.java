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

/** Writes records as events for {@code POST /api/usage}. */
final class EventWriter {
    /** The exporter accepts no larger event, and may close the connection without a response. */
    static final int MAX_EVENT_BYTES = 1 << 20;

    private static final JsonFactory JSON = new JsonFactory();

    private EventWriter() {}

    /**
     * Writes one event as UTF-8.
     *
     * @throws InvalidEventException if it is invalid whatever the exporter's configuration
     */
    static byte[] write(UsageRecord record) {
        if (record.fault != null) {
            throw new InvalidEventException(record.fault);
        }
        byte[] event = utf8(json(record));
        if (event.length > MAX_EVENT_BYTES) {
            throw new InvalidEventException("an event may have at most 1 MiB");
        }
        return event;
    }

    private static String json(UsageRecord record) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (var field : record.fields.entrySet()) {
                json.writeStringField(field.getKey(), field.getValue());
            }
            json.writeFieldName("usage");
            writeUsage(json, record);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Strictly: replacing characters could make two ids equal. */
    private static byte[] utf8(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new InvalidEventException("texts must not contain unpaired surrogates");
        }
    }

    private static void writeUsage(JsonGenerator json, UsageRecord record) throws IOException {
        if (record.usage != null) {
            checkUsage(record.usage, record);
            json.writeRawValue(record.usage);
            return;
        }
        json.writeStartObject();
        writeAmounts(json, record.amounts);
        if (!record.tokens.isEmpty()) {
            json.writeObjectFieldStart(Measure.TOKENS);
            writeAmounts(json, record.tokens);
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

    /** Malformed JSON would break its batch. */
    private static void checkUsage(String usage, UsageRecord record) {
        if (!record.amounts.isEmpty() || !record.tokens.isEmpty()) {
            throw new InvalidEventException("usage must be given as JSON or by amounts, not both");
        }
        boolean isObject;
        try (JsonParser parser = JSON.createParser(usage)) {
            @Nullable JsonToken first = parser.nextToken();
            parser.skipChildren();
            isObject = first == JsonToken.START_OBJECT && parser.nextToken() == null;
        } catch (IOException e) {
            isObject = false;
        }
        if (!isObject) {
            throw new InvalidEventException("usage given as JSON must be one object");
        }
    }
}
