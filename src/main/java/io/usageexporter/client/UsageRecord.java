package io.usageexporter.client;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One use of an API, to be recorded by a {@link UsageClient}:
 *
 * <pre>{@code
 * Use.of("anthropic").category("recommendations").tokens(TokenKind.INPUT, 1200).tokens(TokenKind.OUTPUT, 800)
 * }</pre>
 *
 * <p>Immutable; each method gives another use. None of them throws, since to track a use must not break it: what cannot
 * be recorded is dropped and counted later, by the client or on the exporter's word. A text or an instant that is null
 * is the same as none.
 */
public final class UsageRecord {
    /** The fields of the event that are texts. */
    final Map<String, String> fields;

    /** By resource, other than tokens. */
    final Map<String, Amount> amounts;

    /** By the label of their kind. */
    final Map<String, Amount> tokens;

    /** The whole usage as JSON, which is not checked yet. */
    final @Nullable String usage;

    /** What is known to be wrong already. */
    final @Nullable String fault;

    private UsageRecord(
            Map<String, String> fields,
            Map<String, Amount> amounts,
            Map<String, Amount> tokens,
            @Nullable String usage,
            @Nullable String fault) {
        this.fields = fields;
        this.amounts = amounts;
        this.tokens = tokens;
        this.usage = usage;
        this.fault = fault;
    }

    /** A use of a provider's API, such as {@code anthropic} or {@code apify}. */
    public static UsageRecord of(@Nullable String provider) {
        return new UsageRecord(Map.of(), Map.of(), Map.of(), null, null).field("provider", provider);
    }

    /** The breakdown inside the provider: the request type, the platform. */
    public UsageRecord category(@Nullable String category) {
        return field("category", category);
    }

    /** The model that was used. */
    public UsageRecord model(@Nullable String model) {
        return field("model", model);
    }

    /**
     * Best the provider's own, such as the request's id: the same use, however often and by whomever it is recorded,
     * counts once. Without one, the client makes one up when it takes the use.
     */
    public UsageRecord id(@Nullable String id) {
        return field("id", id);
    }

    /** When it was. Without it, it is when the client takes the use. */
    public UsageRecord at(@Nullable Instant at) {
        return field("at", at == null ? null : at.toString());
    }

    /**
     * How much of a resource was used, from 0 to 10<sup>12</sup> of its units, of which six decimal places count. Said
     * again, it replaces what was said before.
     */
    public UsageRecord amount(@Nullable String resource, @Nullable Number amount) {
        if (Measure.TOKENS.equals(resource)) {
            return tokens(TokenKind.UNSPECIFIED, amount);
        }
        Amount valid = amount(amount);
        return resource == null || valid == null
                ? faulty("the amount of " + resource + " must be " + Amount.ALLOWED)
                : new UsageRecord(fields, with(amounts, resource, valid), tokens, usage, fault);
    }

    /** How many tokens of a kind; the kinds are disjoint. Otherwise as {@link #amount}. */
    public UsageRecord tokens(@Nullable TokenKind kind, @Nullable Number amount) {
        Amount valid = amount(amount);
        return kind == null || valid == null
                ? faulty("the amount of tokens of kind " + kind + " must be " + Amount.ALLOWED)
                : new UsageRecord(fields, amounts, with(tokens, kind.label(), valid), usage, fault);
    }

    /**
     * The whole usage as a JSON object, verbatim, instead of amounts: for {@code anthropic} the {@code usage} that the
     * Messages API answered with.
     */
    public UsageRecord usage(@Nullable String json) {
        return new UsageRecord(fields, amounts, tokens, json, fault);
    }

    /** This use with an id and an instant: it counts once and in its own windows, however often and late it is sent. */
    UsageRecord fixed(Instant now) {
        UsageRecord identified =
                fields.containsKey("id") ? this : id(UUID.randomUUID().toString());
        return fields.containsKey("at") ? identified : identified.at(now.truncatedTo(ChronoUnit.MILLIS));
    }

    private UsageRecord field(String name, @Nullable String value) {
        return new UsageRecord(with(fields, name, value), amounts, tokens, usage, fault);
    }

    private UsageRecord faulty(String why) {
        return new UsageRecord(fields, amounts, tokens, usage, fault == null ? why : fault);
    }

    private static <V> Map<String, V> with(Map<String, V> map, String key, @Nullable V value) {
        var changed = new LinkedHashMap<>(map);
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return changed;
    }

    /** The number by its text, in which a float is what it was meant to be; null when it is none that is allowed. */
    private static @Nullable Amount amount(@Nullable Number number) {
        if (number == null) {
            return null;
        }
        try {
            if (number instanceof BigDecimal decimal) {
                return Amount.of(decimal);
            }
            return Amount.of(
                    number instanceof BigInteger integer ? new BigDecimal(integer) : new BigDecimal(number.toString()));
        } catch (RuntimeException e) { // also what an application's own kind of number may throw
            return null;
        }
    }
}
