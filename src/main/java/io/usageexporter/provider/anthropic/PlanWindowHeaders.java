package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.HttpFields;
import io.usageexporter.provider.PlanWindow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers {@code anthropic-ratelimit-unified-…} of calls by a subscription, for each window {@code -utilization}
 * (a share, above 1 if exceeded), {@code -reset} and {@code -status}. A window without a valid utilization is unknown.
 */
final class PlanWindowHeaders {
    /** Maximum number of windows; those after them in alphabetical order are dropped. */
    static final int MAX_WINDOWS = 16;

    private static final String PREFIX = "anthropic-ratelimit-unified-";
    private static final String UTILIZATION = "-utilization";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,39}");
    private static final Pattern STATUS = Pattern.compile("[a-z_]{1,40}");

    /** Below ten times the limit, so that a percentage is not taken for a share. */
    private static final Pattern SHARE = Pattern.compile("[0-9](?:\\.[0-9]{1,30})?(?:[eE]-[0-9]{1,2})?");

    private static final Pattern LENGTH = Pattern.compile("([0-9]{1,3})([hd])(?:[_-].*)?");
    private static final Duration MAX_LENGTH = Duration.ofDays(366);

    /** No key or token is as short, or lacks their prefix. */
    private static final Pattern ORGANIZATION = Pattern.compile("(?!(?i:sk-))[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    private PlanWindowHeaders() {}

    /**
     * The windows by name; empty if the call was not made by a subscription.
     *
     * @param now start of resets given as remaining seconds
     */
    static List<PlanWindow> read(String provider, HttpFields headers, Instant now) {
        var fields = new TreeMap<String, String>();
        headers.forEach((name, value) -> {
            if (name.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
                fields.put(name.substring(PREFIX.length()).toLowerCase(Locale.ROOT), value.strip());
            }
        });
        if (fields.isEmpty()) {
            return List.of();
        }
        String organization = organization(headers.first("anthropic-organization-id"));
        String binding = binding(fields.getOrDefault("representative-claim", ""));
        return fields.keySet().stream()
                .filter(field -> field.endsWith(UTILIZATION))
                .map(field -> field.substring(0, field.length() - UTILIZATION.length()))
                .filter(name -> NAME.matcher(name).matches())
                .flatMap(name -> window(provider, organization, name, fields, binding, now))
                .limit(MAX_WINDOWS)
                .toList();
    }

    private static Stream<PlanWindow> window(
            String provider,
            String organization,
            String name,
            SortedMap<String, String> fields,
            String binding,
            Instant now) {
        String share = fields.getOrDefault(name + UTILIZATION, "");
        if (!SHARE.matcher(share).matches()) {
            return Stream.empty();
        }
        String status = fields.getOrDefault(name + "-status", "");
        return Stream.of(new PlanWindow(
                provider,
                organization,
                "unified-" + name,
                new BigDecimal(share),
                reset(fields.getOrDefault(name + "-reset", ""), now),
                length(name),
                STATUS.matcher(status).matches() ? status : null,
                name.replace('-', '_').equals(binding)));
    }

    private static @Nullable Instant reset(String value, Instant now) {
        Instant reset = RateLimitHeaders.instant(value, now);
        return reset == null || reset.isAfter(now.plus(MAX_LENGTH)) ? null : reset;
    }

    /** The length that a name such as {@code 5h} or {@code 7d_opus} begins with. */
    private static @Nullable Duration length(String name) {
        Matcher matcher = LENGTH.matcher(name);
        if (!matcher.matches()) {
            return null;
        }
        int number = Integer.parseInt(matcher.group(1));
        return matcher.group(2).equals("h") ? Duration.ofHours(number) : Duration.ofDays(number);
    }

    /** The name of the window that a claim such as {@code five_hour} or {@code seven_day_opus} means. */
    private static String binding(String claim) {
        return claim.replace("five_hour", "5h").replace("seven_day", "7d").replace("overage_included", "oi");
    }

    private static String organization(@Nullable String value) {
        return value != null && ORGANIZATION.matcher(value.strip()).matches() ? value.strip() : "";
    }
}
