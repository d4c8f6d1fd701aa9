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
 * Usage of an API, to be recorded by a {@link UsageClient}:
 *
 * <pre>{@code
 * UsageRecord.of("anthropic").category("recommendations").tokens(TokenKind.INPUT, 1200).tokens(TokenKind.OUTPUT, 800)
 * }</pre>
 *
 * <p>Immutable; each method returns a new record. None of them throws, since tracking must not break the application:
 * invalid records are dropped and counted later, by the client or when the exporter rejects them. A null text or instant
 * is the same as none.
 */
public final class UsageRecord {
    /** Text fields of the event. */
    final Map<String, String> fields;

    /** Amounts by resource, other than tokens. */
    final Map<String, Amount> amounts;

    /** Amounts of tokens by the label of their kind. */
    final Map<String, Amount> tokens;

    /** The complete usage as JSON, not yet validated. */
    final @Nullable String usage;

    /** The first error found so far. */
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

    /** A record of a provider's API, such as {@code anthropic} or {@code apify}. */
    public static UsageRecord of(@Nullable String provider) {
        return new UsageRecord(Map.of(), Map.of(), Map.of(), null, null).field("provider", provider);
    }

    /** The breakdown within the provider, such as the request type or the platform. */
    public UsageRecord category(@Nullable String category) {
        return field("category", category);
    }

    /** Who used it: a team, an application, a person or a key. */
    public UsageRecord consumer(@Nullable String consumer) {
        return field("consumer", consumer);
    }

    /** At what price it is billed where that is not the standard one, such as {@code batch} or {@code batch+us}. */
    public UsageRecord pricing(@Nullable String pricing) {
        return field("pricing", pricing);
    }

    /** The model that was used. */
    public UsageRecord model(@Nullable String model) {
        return field("model", model);
    }

    /**
     * The id, ideally the provider's own, such as that of the request: records with the same id count once, whatever
     * records them. Defaults to a random one, chosen when the event is queued.
     */
    public UsageRecord id(@Nullable String id) {
        return field("id", id);
    }

    /** The time of the usage. Defaults to when the event is queued. */
    public UsageRecord at(@Nullable Instant at) {
        return field("at", at == null ? null : at.toString());
    }

    /**
     * The amount of a resource, from 0 to 10<sup>12</sup> of its units, with six decimal places. Replaces an earlier
     * amount of the same resource.
     */
    public UsageRecord amount(@Nullable String resource, @Nullable Number amount) {
        if (Measure.TOKENS.equals(resource)) {
            return tokens(TokenKind.UNSPECIFIED, amount);
        }
        Amount valid = amount(amount);
        return resource == null || valid == null
                ? invalid("the amount of " + resource + " must be " + Amount.ALLOWED)
                : new UsageRecord(fields, with(amounts, resource, valid), tokens, usage, fault);
    }

    /** The number of tokens of a kind; the kinds are disjoint. See {@link #amount}. */
    public UsageRecord tokens(@Nullable TokenKind kind, @Nullable Number amount) {
        Amount valid = amount(amount);
        return kind == null || valid == null
                ? invalid("the amount of tokens of kind " + kind + " must be " + Amount.ALLOWED)
                : new UsageRecord(fields, amounts, with(tokens, kind.label(), valid), usage, fault);
    }

    /**
     * The complete usage as a JSON object, verbatim, instead of amounts: for {@code anthropic} the {@code usage} of the
     * Messages API's response, which also says at what price it is billed.
     */
    public UsageRecord usage(@Nullable String json) {
        return new UsageRecord(fields, amounts, tokens, json, fault);
    }

    /** This record with an id and an instant, so that it counts once and in its own windows, however often and late it is sent. */
    UsageRecord fixed(Instant now) {
        UsageRecord identified =
                fields.containsKey("id") ? this : id(UUID.randomUUID().toString());
        return fields.containsKey("at") ? identified : identified.at(now.truncatedTo(ChronoUnit.MILLIS));
    }

    private UsageRecord field(String name, @Nullable String value) {
        return new UsageRecord(with(fields, name, value), amounts, tokens, usage, fault);
    }

    private UsageRecord invalid(String why) {
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

    /** The number, converted through its text so that a float keeps its written value; null if it is not allowed. */
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
        } catch (RuntimeException e) { // an application's own Number class may throw anything
            return null;
        }
    }
}
