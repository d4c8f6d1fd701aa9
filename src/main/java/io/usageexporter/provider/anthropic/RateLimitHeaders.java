package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.HttpFields;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers {@code anthropic-ratelimit-…}, {@code anthropic-priority-…} and {@code anthropic-fast-…}, except those
 * of subscriptions, which {@link PlanWindowHeaders} reads.
 */
final class RateLimitHeaders {
    /** Maximum number of limits; those after them in alphabetical order are dropped. */
    static final int MAX_NAMES = 16;

    private static final String PREFIX = "anthropic-";
    private static final Pattern NAME = Pattern.compile(
            "anthropic-(?:ratelimit-(?!unified-)|(?=priority-|fast-))([a-z][a-z0-9-]{0,39})-(limit|remaining|reset)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,15}(?:\\.[0-9]{1,9})?");

    /** The year 1973 in milliseconds, or the year 5138 in seconds. */
    private static final BigDecimal FIRST_MILLIS = BigDecimal.valueOf(100_000_000_000L);

    /** The year 1973 in seconds, or a duration of three years. */
    private static final BigDecimal FIRST_SECONDS = BigDecimal.valueOf(100_000_000L);

    private RateLimitHeaders() {}

    /**
     * The limits by name, without those of which no value is valid.
     *
     * @param now start of resets given as remaining seconds
     */
    static List<RateLimitHeader> read(HttpFields headers, Instant now) {
        var limits = new TreeMap<String, RateLimitHeader>();
        headers.forEach((name, value) -> {
            if (name.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
                Matcher matcher = NAME.matcher(name.toLowerCase(Locale.ROOT));
                if (matcher.matches()) {
                    RateLimitHeader parsed = read(matcher.group(1), matcher.group(2), value.strip(), now);
                    limits.merge(parsed.name(), parsed, RateLimitHeaders::join);
                }
            }
        });
        if (limits.isEmpty()) { // asked for every response
            return List.of();
        }
        return limits.values().stream()
                .filter(limit -> limit.limit() != null || limit.remaining() != null || limit.reset() != null)
                .limit(MAX_NAMES)
                .toList();
    }

    private static RateLimitHeader read(String name, String what, String value, Instant now) {
        return switch (what) {
            case "limit" -> new RateLimitHeader(name, number(value), null, null);
            case "remaining" -> new RateLimitHeader(name, null, number(value), null);
            default -> new RateLimitHeader(name, null, null, instant(value, now));
        };
    }

    private static RateLimitHeader join(RateLimitHeader known, RateLimitHeader more) {
        return new RateLimitHeader(
                known.name(),
                more.limit() == null ? known.limit() : more.limit(),
                more.remaining() == null ? known.remaining() : more.remaining(),
                more.reset() == null ? known.reset() : more.reset());
    }

    private static @Nullable BigDecimal number(String value) {
        return NUMBER.matcher(value).matches() ? new BigDecimal(value) : null;
    }

    /** RFC 3339, or a number: milliseconds or seconds since 1970, or remaining seconds if it is too small for both. */
    static @Nullable Instant instant(String value, Instant now) {
        if (SECONDS.matcher(value).matches()) {
            BigDecimal number = new BigDecimal(value);
            if (number.compareTo(FIRST_MILLIS) >= 0) {
                return Instant.ofEpochMilli(number.longValue());
            }
            long nanos = number.remainder(BigDecimal.ONE).movePointRight(9).longValue();
            Instant since = number.compareTo(FIRST_SECONDS) >= 0 ? Instant.EPOCH : now;
            return since.plusSeconds(number.longValue()).plusNanos(nanos);
        }
        try {
            return OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeParseException e) { // not an instant
            return null;
        }
    }
}
