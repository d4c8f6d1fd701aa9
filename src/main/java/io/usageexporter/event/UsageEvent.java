package io.usageexporter.event;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A report of usage. Valid by construction; two events are equal when a sender would call them the same.
 *
 * @param id makes a retry harmless: 1 to 256 characters without control characters, or null for an event that is always
 *     new
 * @param provider whose API was used
 * @param category the breakdown inside the provider, up to 100 characters; {@link #UNCATEGORIZED} when none was given
 * @param model up to 100 characters; empty when none was given
 * @param at when the usage happened, to the millisecond, or null for "when it was recorded"
 * @param usage how much of each resource
 */
public record UsageEvent(
        @Nullable String id,
        String provider,
        String category,
        String model,
        @Nullable Instant at,
        Usage usage) {
    /** The category of an event that names none. */
    public static final String UNCATEGORIZED = "uncategorized";

    /** How old an event may be. */
    public static final Duration MAX_AGE = Duration.ofDays(40);

    /** How far a sender's clock may be ahead. */
    public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    private static final int MAX_ID = 256;
    private static final int MAX_LABEL = 100;

    /** @throws InvalidEventException naming the field and what is allowed in it */
    public UsageEvent {
        if (id != null) {
            if (id.isEmpty()) {
                throw new InvalidEventException("id must not be empty; leave it out for an event that is always new");
            }
            checkText("id", id, MAX_ID);
        }
        checkText("category", category, MAX_LABEL);
        checkText("model", model, MAX_LABEL);
        category = category.isEmpty() ? UNCATEGORIZED : category;
        at = at == null ? null : at.truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Checks that an event of this instant may still, or already, be recorded.
     *
     * @throws InvalidEventException saying what is allowed
     */
    public static void checkAt(Instant at, Instant now) {
        if (at.isBefore(now.minus(MAX_AGE)) || at.isAfter(now.plus(MAX_AHEAD))) {
            throw new InvalidEventException("at must be from 40 days back to 5 minutes ahead of now, which is "
                    + now.truncatedTo(ChronoUnit.SECONDS));
        }
    }

    /** Makes any text a valid category or model: at most 100 characters, with question marks for those not allowed. */
    public static String sanitizeLabel(String text) {
        if (text.length() <= MAX_LABEL && isPlain(text)) {
            return text.strip();
        }
        var fit = new StringBuilder();
        text.codePoints().limit(MAX_LABEL).forEach(character -> {
            int type = Character.getType(character);
            boolean allowed = type != Character.CONTROL && type != Character.SURROGATE;
            fit.appendCodePoint(allowed ? character : '?');
        });
        return fit.toString().strip();
    }

    /** The same event under another id. */
    public UsageEvent withId(String other) {
        return new UsageEvent(other, provider, category, model, at, usage);
    }

    /** Whether it is ASCII without control characters, as almost every text is. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static void checkText(String field, String text, int max) {
        if (text.length() <= max && isPlain(text)) {
            return;
        }
        int length = 0;
        for (int i = 0; i < text.length(); length++) {
            int character = text.codePointAt(i);
            int type = Character.getType(character);
            if (type == Character.CONTROL || type == Character.SURROGATE) {
                throw new InvalidEventException(
                        field + " must not contain control characters or unpaired surrogates, as at position " + i);
            }
            i += Character.charCount(character);
        }
        if (length > max) {
            throw new InvalidEventException(field + " must have at most " + max + " characters but has " + length);
        }
    }
}
