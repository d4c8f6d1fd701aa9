package io.usageexporter.http;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.report.HistoryQuery;
import io.usageexporter.window.Window;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of {@code GET /api/usage/history}.
 *
 * @param providers all configured providers
 * @param now determines today
 */
record HistoryParameters(QueryParameters parameters, Collection<ProviderConfig> providers, Instant now) {
    /** The allowed parameters. */
    static final List<String> NAMES = List.of("provider", "resource", "from", "to", "days", "window");

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern DAYS = Pattern.compile("\\d{1,3}");

    /** @throws BadParameterException naming the first invalid parameter, and what is allowed */
    HistoryQuery query() throws BadParameterException {
        String provider =
                oneOf("provider", providers.stream().map(ProviderConfig::name).toList());
        List<ProviderConfig> chosen = providers.stream()
                .filter(each -> provider == null || provider.equals(each.name()))
                .toList();
        var resources = new TreeSet<String>();
        chosen.forEach(each -> resources.addAll(each.resources()));
        String resource = oneOf("resource", resources);
        Window window = window();
        LocalDate from = date("from");
        LocalDate to = date("to");
        var query = new HistoryQuery(window, provider, resource, from, to, days(window));
        if (chosen.stream().noneMatch(query::isCounted)) {
            throw new BadParameterException("window " + window.label() + " is counted only for providers with a limit"
                    + " in it, limits." + window.label());
        }
        if (from != null) {
            checkRange(from, to, chosen, window);
        }
        return query;
    }

    private @Nullable String oneOf(String name, Collection<String> allowed) throws BadParameterException {
        String value = parameters.get(name);
        if (value != null && !allowed.contains(value)) {
            throw new BadParameterException(name + " must be one of " + String.join(", ", allowed));
        }
        return value;
    }

    private Window window() throws BadParameterException {
        String label =
                oneOf("window", Stream.of(Window.values()).map(Window::label).toList());
        return Stream.of(Window.values())
                .filter(window -> window.label().equals(label))
                .findFirst()
                .orElse(Window.DAILY);
    }

    private int days(Window window) throws BadParameterException {
        String value = parameters.get("days");
        if (value == null) {
            return HistoryQuery.defaultDays(window);
        }
        int days = DAYS.matcher(value).matches() ? Integer.parseInt(value) : 0;
        int max = HistoryQuery.maxDays(window);
        if (days < 1 || days > max) {
            throw new BadParameterException("days must be a whole number from 1 to " + max);
        }
        return days;
    }

    private @Nullable LocalDate date(String name) throws BadParameterException {
        String value = parameters.get(name);
        if (value == null) {
            return null;
        }
        try {
            if (DATE.matcher(value).matches()) {
                return LocalDate.parse(value);
            }
        } catch (DateTimeException e) {
            // not a date of the calendar
        }
        throw new BadParameterException(name + " must be a date, such as 2026-11-24");
    }

    private void checkRange(LocalDate from, @Nullable LocalDate to, List<ProviderConfig> chosen, Window window)
            throws BadParameterException {
        if (parameters.get("days") != null) {
            throw new BadParameterException("days and from exclude each other; give from and to, or days and to");
        }
        if (to != null && from.isAfter(to)) {
            throw new BadParameterException("from must not be after to");
        }
        LocalDate last = to == null ? latestToday(chosen, from) : to;
        long length = ChronoUnit.DAYS.between(from, last) + 1;
        if (length > HistoryQuery.maxDays(window)) {
            throw new BadParameterException("from " + from + " to " + last + " are " + length + " days; at most "
                    + HistoryQuery.maxDays(window) + " are allowed");
        }
    }

    /** The latest date of today in the zones of the chosen providers. */
    private LocalDate latestToday(List<ProviderConfig> chosen, LocalDate defaultValue) {
        return chosen.stream()
                .map(provider -> LocalDate.ofInstant(now, provider.zone()))
                .max(Comparator.naturalOrder())
                .orElse(defaultValue);
    }
}
