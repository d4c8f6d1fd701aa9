package io.usageexporter.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ingest.UsageReader.PricedUsage;
import io.usageexporter.quota.ProviderConfig;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads one event object, field by field, strictly. */
final class EventReader {
    private static final int SHOWN = 60;

    private final IngestConfig config;
    private final Instant now;
    private final byte[] body;
    private final JsonParser parser;

    private @Nullable String id;
    private @Nullable ProviderConfig provider;
    private @Nullable String category;
    private @Nullable String consumer;
    private @Nullable String model;
    private @Nullable Pricing pricing;
    private @Nullable Instant at;
    private @Nullable PricedUsage usage;
    private int usageOffset = -1;

    private EventReader(IngestConfig config, Instant now, byte[] body, JsonParser parser) {
        this.config = config;
        this.now = now;
        this.body = body;
        this.parser = parser;
    }

    /**
     * Reads the object that starts at the parser's current token. Leaves the parser at its end, or, after an exception,
     * anywhere inside it.
     *
     * @param body the input of the parser
     */
    static UsageEvent read(IngestConfig config, Instant now, byte[] body, JsonParser parser) throws IOException {
        return new EventReader(config, now, body, parser).read();
    }

    private UsageEvent read() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "id" -> id = rejectDuplicate(name, id, text(name));
                case "provider" -> provider = rejectDuplicate(name, provider, provider(text(name)));
                case "category" -> category = rejectDuplicate(name, category, text(name));
                case "consumer" -> consumer = rejectDuplicate(name, consumer, text(name));
                case "model" -> model = rejectDuplicate(name, model, text(name));
                case "pricing" -> pricing = rejectDuplicate(name, pricing, Pricing.of(text(name)));
                case "at" -> at = rejectDuplicate(name, at, instant(text(name)));
                case "usage" -> readUsage();
                default ->
                    throw new InvalidEventException("unknown field " + shown(name)
                            + "; allowed are id, provider, category, consumer, model, pricing, at and usage");
            }
        }
        if (provider == null) {
            throw new InvalidEventException("provider is required; allowed are " + names());
        }
        if (usageOffset < 0) {
            throw new InvalidEventException("usage is required, such as " + UsageReader.example(provider));
        }
        if (usage == null) {
            usage = readUsageAgain(provider);
        }
        return new UsageEvent(
                id,
                provider.name(),
                category == null ? "" : category,
                consumer == null ? "" : consumer,
                model == null ? "" : model,
                pricing == null ? usage.pricing() : pricing,
                at,
                usage.usage());
    }

    /** Usage depends on the provider. If that comes later, usage is skipped now and read then. */
    private void readUsage() throws IOException {
        if (usageOffset >= 0) {
            throw new InvalidEventException("usage is given twice");
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new InvalidEventException("usage must be an object");
        }
        usageOffset = (int) parser.currentTokenLocation().getByteOffset();
        if (provider == null) {
            parser.skipChildren();
        } else {
            usage = UsageReader.read(provider, config.postedUsage(provider), parser, this::reopenUsage);
        }
    }

    private PricedUsage readUsageAgain(ProviderConfig known) throws IOException {
        try (JsonParser again = reopenUsage()) {
            return UsageReader.read(known, config.postedUsage(known), again, this::reopenUsage);
        }
    }

    private JsonParser reopenUsage() throws IOException {
        JsonParser again = BodyReader.JSON.createParser(body, usageOffset, body.length - usageOffset);
        again.nextToken();
        return again;
    }

    private String text(String name) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new InvalidEventException(name + " must be a string; omit it if there is none");
        }
        return parser.getText();
    }

    private ProviderConfig provider(String name) {
        ProviderConfig known = config.providers().get(name);
        if (known == null) {
            throw new InvalidEventException("provider " + shown(name) + " is not configured; allowed are " + names());
        }
        return known;
    }

    private String names() {
        return String.join(", ", config.providers().keySet());
    }

    private Instant instant(String text) {
        try {
            Instant instant =
                    OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
            UsageEvent.checkAt(instant, now, config.maxAge());
            return instant;
        } catch (DateTimeException e) {
            throw new InvalidEventException("at must be an RFC 3339 instant, such as 2026-11-24T09:15:00Z");
        }
    }

    private static <T> T rejectDuplicate(String name, @Nullable T before, T value) {
        if (before != null) {
            throw new InvalidEventException(name + " is given twice");
        }
        return value;
    }

    /** Makes text of the sender safe for messages: short, quoted, without control characters. */
    static String shown(String text) {
        var shown = new StringBuilder("\"");
        text.codePoints()
                .limit(SHOWN)
                .forEach(character -> shown.appendCodePoint(Character.isISOControl(character) ? '?' : character));
        return shown.append(text.codePointCount(0, text.length()) > SHOWN ? "…\"" : "\"")
                .toString();
    }
}
