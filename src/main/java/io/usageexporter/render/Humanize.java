package io.usageexporter.render;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.quota.Quota;
import io.usageexporter.report.WindowReport;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats numbers, times and names for people. */
public final class Humanize {
    private static final int GROUPED_FROM = 10_000;
    private static final int PERCENT_DECIMALS = 1;
    private static final int CENT_DECIMALS = 2;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm z", Locale.ENGLISH);
    private static final DateTimeFormatter DAY_AND_TIME =
            DateTimeFormatter.ofPattern("EEE d MMM, HH:mm z", Locale.ENGLISH);

    private Humanize() {}

    /** The current window as an adverbial: {@code today}, {@code this month}. */
    public static String current(Window window) {
        return switch (window) {
            case HOURLY -> "this hour";
            case DAILY -> "today";
            case WEEKLY -> "this week";
            case MONTHLY -> "this month";
            case SESSION -> "this session";
        };
    }

    /** Exact; grouped from 10,000 on: {@code 1000}, {@code 45,000}, {@code 12,345.25}. */
    public static String number(BigDecimal value) {
        return grouped(value, Decimals.plain(value));
    }

    private static String grouped(BigDecimal value, String plain) {
        if (value.abs().compareTo(BigDecimal.valueOf(GROUPED_FROM)) < 0) {
            return plain;
        }
        int point = plain.indexOf('.');
        String whole = point < 0 ? plain : plain.substring(0, point);
        return whole.replaceAll("(?<=\\d)(?=(\\d{3})+$)", ",") + plain.substring(whole.length());
    }

    /** An amount of a resource: a {@link #number}, but money to the cent: {@code $12.34}, {@code <$0.01}. */
    public static String amount(String resource, BigDecimal value) {
        if (!resource.equals(Measure.USD)) {
            return number(value);
        }
        String dollars = dollars(value, RoundingMode.HALF_UP);
        return dollars.equals("$0.00") && value.signum() > 0 ? "<$0.01" : dollars;
    }

    private static String dollars(BigDecimal value, RoundingMode rounding) {
        BigDecimal cents = value.setScale(CENT_DECIMALS, rounding);
        return "$" + grouped(cents, cents.toPlainString());
    }

    /** What is used of a resource in a window: an amount, or {@code at least} one. */
    public static String used(WindowReport window, String resource) {
        return used(resource, window.used().getOrDefault(resource, BigDecimal.ZERO), window.isAtLeast(resource));
    }

    /** What is used: an amount, or {@code at least} one. */
    static String used(String resource, BigDecimal used, boolean isAtLeast) {
        return isAtLeast ? "at least " + dollars(used, RoundingMode.DOWN) : amount(resource, used);
    }

    /** What a quota leaves: an amount, or {@code at most} one. */
    public static String remaining(String resource, Quota quota) {
        return (quota.isAtLeast() ? "at most " : "") + amount(resource, quota.remaining());
    }

    /** An amount and what it is an amount of: {@code 985 requests}, {@code $387.66}. */
    public static String quantity(String resource, BigDecimal value) {
        return amount(resource, value) + (resource.equals(Measure.USD) ? "" : " " + spaced(resource));
    }

    /** At most one decimal, on the same side of each threshold as the exact value: {@code 1.5%}. */
    public static String percent(Quota quota) {
        return number(quota.percent(PERCENT_DECIMALS)) + "%";
    }

    /** In the two largest units: {@code 6 d 14 h}, {@code 3 h 12 min}, {@code 12 min}; not negative. */
    public static String duration(Duration duration) {
        long minutes = duration.toMinutes();
        if (minutes < 1) {
            return "less than a minute";
        }
        long days = minutes / (24 * 60);
        long hours = minutes / 60 % 24;
        if (days > 0) {
            return days + " d" + (hours > 0 ? " " + hours + " h" : "");
        }
        return hours > 0 ? hours + " h" + (minutes % 60 > 0 ? " " + minutes % 60 + " min" : "") : minutes + " min";
    }

    /** A time, with its date unless that is today: {@code 21:40 UTC}, or {@code Wed 25 Nov, 00:00 UTC}. */
    public static String time(Instant instant, Instant now, ZoneId zone) {
        return (isSameDay(instant, now, zone) ? TIME : DAY_AND_TIME).format(instant.atZone(zone));
    }

    public static boolean isSameDay(Instant a, Instant b, ZoneId zone) {
        return LocalDate.ofInstant(a, zone).equals(LocalDate.ofInstant(b, zone));
    }

    /** {@code compute_units} as in running text: "compute units". */
    public static String spaced(String resource) {
        return resource.equals(Measure.USD) ? "USD" : resource.replace('_', ' ');
    }

    /** {@code compute_units} at the start of a sentence: "Compute units". */
    public static String capitalized(String resource) {
        String spaced = spaced(resource);
        return spaced.substring(0, 1).toUpperCase(Locale.ROOT) + spaced.substring(1);
    }

    /** {@code compute_units} as a heading: "Compute Units". */
    public static String title(String resource) {
        return Stream.of(spaced(resource).split(" "))
                .filter(word -> !word.isEmpty())
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining(" "));
    }
}
