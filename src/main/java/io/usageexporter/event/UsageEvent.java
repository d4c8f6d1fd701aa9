package io.usageexporter.event;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A report of usage. Valid by construction.
 *
 * @param id makes a retry harmless: 1 to 256 characters without control characters, or null for an event that is always
 *     new
 * @param provider whose API was used
 * @param category the breakdown inside the provider, up to 100 characters; {@link #UNCATEGORIZED} when none was given
 * @param consumer the team, application, person or key behind it, up to 100 characters; empty when none was given
 * @param model up to 100 characters; empty when none was given
 * @param pricing at what price the usage is billed
 * @param at when the usage happened, to the millisecond, or null for "when it was recorded"
 * @param usage how much of each resource
 */
public record UsageEvent(
        @Nullable String id,
        String provider,
        String category,
        String consumer,
        String model,
        Pricing pricing,
        @Nullable Instant at,
        Usage usage) {
    /** The category of an event that names none. */
    public static final String UNCATEGORIZED = "uncategorized";

    /** The name under which usage is counted whose own name is one too many; it stands for different ones. */
    public static final String OTHER = "other";

    /** How old an event may be. */
    public static final Duration MAX_AGE = Duration.ofDays(40);

    /** How old it may be where it is imported: some thirty years. */
    public static final Duration MAX_IMPORTED_AGE = Duration.ofDays(10_000);

    /** How far a sender's clock may be ahead. */
    public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    /** @throws InvalidEventException naming the field and what is allowed in it */
    public UsageEvent {
        if (id != null) {
            if (id.isEmpty()) {
                throw new InvalidEventException("id must not be empty; leave it out for an event that is always new");
            }
            TextRule.ID.check("id", id);
        }
        TextRule.LABEL.check("category", category);
        TextRule.LABEL.check("consumer", consumer);
        TextRule.LABEL.check("model", model);
        category = category.isEmpty() ? UNCATEGORIZED : category;
        at = at == null ? null : at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** An event without a consumer, at the standard price. */
    public UsageEvent(
            @Nullable String id, String provider, String category, String model, @Nullable Instant at, Usage usage) {
        this(id, provider, category, "", model, Pricing.STANDARD, at, usage);
    }

    /**
     * Checks that an event of this instant may still, or already, be recorded.
     *
     * @param maxAge {@link #MAX_AGE}, unless it is imported
     * @throws InvalidEventException saying what is allowed
     */
    public static void checkAt(Instant at, Instant now, Duration maxAge) {
        if (at.isBefore(now.minus(maxAge)) || at.isAfter(now.plus(MAX_AHEAD))) {
            throw new InvalidEventException("at must be from " + maxAge.toDays()
                    + " days back to 5 minutes ahead of now, which is " + now.truncatedTo(ChronoUnit.SECONDS));
        }
    }

    /**
     * Whether a sender would call both the same: they are equal, except that one may lack money, and parts of the pricing
     * that are derived from amounts.
     */
    boolean isSameAs(UsageEvent other) {
        return equals(other)
                || (usage.isSameAs(other.usage) && comparable(usage).equals(other.comparable(usage)));
    }

    private UsageEvent comparable(Usage same) {
        return new UsageEvent(id, provider, category, consumer, model, pricing.withoutDerived(), at, same);
    }

    /** What earlier versions would have kept of this event, had they kept these amounts. */
    UsageEvent withoutDetails(Usage kept) {
        return new UsageEvent(id, provider, category, model, at, usage.ofMeasuresIn(kept));
    }

    /** The same event at this instant, with these amounts, and under another id unless it has one. */
    public UsageEvent as(String otherId, Instant instant, Usage amounts) {
        return new UsageEvent(
                id == null ? otherId : id, provider, category, consumer, model, pricing, instant, amounts);
    }

    /** The same event under another id. */
    public UsageEvent withId(String other) {
        return new UsageEvent(other, provider, category, consumer, model, pricing, at, usage);
    }

    /** The same event of another consumer. */
    public UsageEvent withConsumer(String other) {
        return new UsageEvent(id, provider, category, other, model, pricing, at, usage);
    }
}
