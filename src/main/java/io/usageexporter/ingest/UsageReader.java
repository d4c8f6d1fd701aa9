package io.usageexporter.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.provider.PostedUsageFormat;
import io.usageexporter.quota.ProviderConfig;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the {@code usage} of an event: amounts by resource, or the usage object of the provider's API. */
final class UsageReader {
    private static final String KINDS =
            Stream.of(TokenKind.values()).map(TokenKind::label).collect(Collectors.joining(", "));

    private final ProviderConfig provider;
    private final @Nullable PostedUsageFormat format;
    private final JsonParser parser;
    private final Map<Measure, Amount> amounts = new HashMap<>();
    private final List<String> seen = new ArrayList<>();
    private @Nullable InvalidEventException fault;
    private @Nullable String unknown;

    private UsageReader(ProviderConfig provider, @Nullable PostedUsageFormat format, JsonParser parser) {
        this.provider = provider;
        this.format = format;
        this.parser = parser;
    }

    /**
     * What the field says.
     *
     * @param pricing of the provider's own usage object, standard for amounts by resource
     */
    record PricedUsage(Usage usage, Pricing pricing) {}

    /** Opens a new parser at the same object. */
    interface Reopen {
        JsonParser parser() throws IOException;
    }

    /** Reads the object that starts at the parser's current token, up to its end. */
    static PricedUsage read(
            ProviderConfig provider, @Nullable PostedUsageFormat format, JsonParser parser, Reopen reopen)
            throws IOException {
        var reader = new UsageReader(provider, format, parser);
        boolean verbatim = reader.readResources();
        Pricing pricing = Pricing.STANDARD;
        reader.check(verbatim);
        if (verbatim && format != null) {
            try (JsonParser again = reopen.parser()) {
                PostedUsageFormat.PostedUsage posted = format.read(again);
                posted.amounts().forEach(reader::putIfCounted);
                pricing = posted.pricing();
            }
        }
        reader.countRequest();
        return new PricedUsage(Usage.of(reader.amounts), pricing);
    }

    /** What the event gives by the resource's own name wins. */
    private void putIfCounted(Measure measure, Amount amount) {
        if (provider.resources().contains(measure.resource())) {
            amounts.putIfAbsent(measure, amount);
        }
    }

    private void check(boolean verbatim) {
        if (fault != null) {
            throw fault;
        }
        if (verbatim) {
            checkResource(Measure.TOKENS);
            if (seen.contains(Measure.TOKENS)) {
                throw new InvalidEventException("usage.tokens and usage." + discriminator()
                        + " exclude each other, since both give the number of tokens; send only one of them");
            }
        } else if (unknown != null) {
            throw unknown(unknown);
        }
    }

    private @Nullable String discriminator() {
        return format == null ? null : format.discriminator();
    }

    static String example(ProviderConfig provider) {
        return "{\"" + provider.resources().first() + "\": 1}";
    }

    /**
     * Reads the amounts of the provider's resources, and notes the first unknown field.
     *
     * @return whether the object has the discriminator of the provider's own usage object, in which unknown fields are
     *     allowed
     */
    private boolean readResources() throws IOException {
        boolean marked = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (provider.resources().contains(name)) {
                readResource(name, value);
            } else {
                marked |= name.equals(discriminator());
                unknown = unknown == null ? name : unknown;
                parser.skipChildren();
            }
        }
        return marked;
    }

    private void readResource(String name, @Nullable JsonToken value) throws IOException {
        int depth = value != null && value.isStructStart()
                ? parser.getParsingContext().getNestingDepth()
                : Integer.MAX_VALUE;
        try {
            if (seen.contains(name)) {
                throw new InvalidEventException("usage." + name + " is given twice");
            }
            seen.add(name);
            if (!name.equals(Measure.TOKENS)) {
                put(Measure.of(name), "usage." + name, value);
            } else if (value == JsonToken.START_OBJECT) {
                readTokens();
            } else {
                put(Measure.tokens(TokenKind.UNSPECIFIED), "usage.tokens", value);
            }
        } catch (InvalidEventException e) {
            fault = fault == null ? e : fault;
            BodyReader.skipToEnd(parser, depth);
        }
    }

    private void readTokens() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            TokenKind kind = TokenKind.of(name);
            if (kind == null) {
                throw new InvalidEventException(
                        "usage.tokens." + name(name) + " is not a kind of token; allowed are " + KINDS);
            }
            put(Measure.tokens(kind), "usage.tokens." + name, value);
        }
    }

    private void put(Measure measure, String field, @Nullable JsonToken value) throws IOException {
        if (amounts.put(measure, amount(field, value)) != null) {
            throw new InvalidEventException(field + " is given twice");
        }
    }

    private Amount amount(String field, @Nullable JsonToken value) throws IOException {
        try {
            if (value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                return Amount.of(parser.getLongValue());
            }
            if (value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT) {
                return Amount.of(decimal());
            }
        } catch (InvalidEventException e) {
            throw new InvalidEventException(field + " " + e.getMessage());
        }
        throw new InvalidEventException(field + " must be " + Amount.ALLOWED
                + (field.equals("usage.tokens") ? ", or an object of such numbers by kind" : ""));
    }

    private BigDecimal decimal() throws IOException {
        try {
            return parser.getDecimalValue();
        } catch (NumberFormatException | ArithmeticException e) { // from Jackson, for an exponent beyond int
            throw new InvalidEventException("must be " + Amount.ALLOWED);
        }
    }

    private void checkResource(String name) {
        if (!provider.resources().contains(name)) {
            throw unknown(name);
        }
    }

    private InvalidEventException unknown(String name) {
        return new InvalidEventException("usage." + name(name) + ": " + provider.name()
                + " does not count this; allowed are " + String.join(", ", provider.resources()));
    }

    /** An event is one request by default. */
    private void countRequest() {
        if (provider.resources().contains(Measure.REQUESTS)) {
            amounts.putIfAbsent(Measure.of(Measure.REQUESTS), Amount.of(1));
        } else if (amounts.isEmpty()) {
            throw new InvalidEventException("usage must not be empty; give an amount, such as " + example(provider));
        }
    }

    private static String name(String name) {
        String shown = EventReader.shown(name);
        return shown.substring(1, shown.length() - 1);
    }
}
