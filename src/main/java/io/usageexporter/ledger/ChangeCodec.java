package io.usageexporter.ledger;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.totals.Aggregates;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Label;
import io.usageexporter.totals.Label.Dimension;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Totals;
import io.usageexporter.totals.WindowPart;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A change of the totals as text: a line for each new sum, whose fields are separated by tabs. No name contains control
 * characters. Stored in the ledger and read by other versions, so lines of a kind never change; a new kind is a new format
 * of the ledger.
 */
final class ChangeCodec {
    private ChangeCodec() {}

    static String encode(Totals.Change change) {
        var text = new StringBuilder();
        Aggregates sums = change.sums();
        change.labels()
                .forEach(label -> line(text, "name", label.provider(), label.dimension(), label.name(), label.since()));
        sums.series()
                .forEach((series, units) -> line(
                        text,
                        "series",
                        fields(series),
                        plain(units),
                        change.series().getOrDefault(series, 0L)));
        sums.days()
                .forEach((day, cells) ->
                        cells.forEach((series, units) -> line(text, "day", day.date(), fields(series), plain(units))));
        sums.hours()
                .forEach((hour, amounts) -> amounts.forEach((measure, total) -> line(
                        text,
                        "hour",
                        hour.number(),
                        hour.provider(),
                        measure,
                        plain(total.units()),
                        total.first().toEpochMilli(),
                        total.last().toEpochMilli())));
        sums.windows()
                .forEach((part, cells) -> cells.forEach((series, units) -> line(
                        text,
                        "window",
                        part.window().name(),
                        part.startsAt().toEpochMilli(),
                        part.date(),
                        fields(series),
                        plain(units))));
        sums.recorded()
                .forEach((source, count) -> line(
                        text, "source", source.label(), count, sums.undone().getOrDefault(source, 0L)));
        sums.lastEvent().forEach((provider, at) -> line(text, "last", provider, at.toEpochMilli()));
        change.zones().forEach((provider, zone) -> line(text, "zone", provider, zone));
        return text.toString();
    }

    private static String plain(BigDecimal amount) {
        return Decimals.plain(amount);
    }

    private static String fields(Series series) {
        return String.join(
                "\t",
                series.provider(),
                series.category(),
                series.consumer(),
                series.model(),
                series.pricing(),
                series.measure().toString());
    }

    private static void line(StringBuilder text, Object... fields) {
        for (int i = 0; i < fields.length; i++) {
            text.append(i == 0 ? "" : "\t").append(fields[i]);
        }
        text.append('\n');
    }

    /** The change of a text that {@link #encode} made. */
    static Totals.Change decode(String text) {
        var sums = new Aggregates();
        var labels = new ArrayList<Label>();
        var since = new HashMap<Series, Long>();
        var zones = new HashMap<String, ZoneId>();
        text.lines().forEach(line -> {
            List<String> fields = List.of(line.split("\t", -1));
            switch (fields.get(0)) {
                case "name" ->
                    labels.add(new Label(
                            fields.get(1), Dimension.valueOf(fields.get(2)), fields.get(3), number(fields.get(4))));
                case "series" -> {
                    Series series = series(fields, 1);
                    sums.series().put(series, new BigDecimal(fields.get(7)));
                    since.put(series, number(fields.get(8)));
                }
                case "day" ->
                    put(
                            sums.days(),
                            new Day(fields.get(2), LocalDate.parse(fields.get(1))),
                            series(fields, 2),
                            new BigDecimal(fields.get(8)));
                case "hour" ->
                    put(
                            sums.hours(),
                            new Hour(fields.get(2), number(fields.get(1))),
                            Measure.parse(fields.get(3)),
                            new HourTotal(
                                    new BigDecimal(fields.get(4)), instant(fields.get(5)), instant(fields.get(6))));
                case "window" ->
                    put(
                            sums.windows(),
                            new WindowPart(
                                    fields.get(4),
                                    Window.valueOf(fields.get(1)),
                                    instant(fields.get(2)),
                                    LocalDate.parse(fields.get(3))),
                            series(fields, 4),
                            new BigDecimal(fields.get(10)));
                case "source" -> {
                    Source source = Source.of(fields.get(1));
                    sums.recorded().put(source, number(fields.get(2)));
                    if (number(fields.get(3)) > 0) {
                        sums.undone().put(source, number(fields.get(3)));
                    }
                }
                case "last" -> sums.lastEvent().put(fields.get(1), instant(fields.get(2)));
                case "zone" -> zones.put(fields.get(1), ZoneId.of(fields.get(2)));
                default -> throw new IllegalArgumentException("unknown kind of change: " + fields.get(0));
            }
        });
        return new Totals.Change(sums, List.copyOf(labels), since, zones);
    }

    private static <K, C, V> void put(Map<K, Map<C, V>> sums, K key, C cell, V value) {
        sums.computeIfAbsent(key, absent -> new HashMap<>()).put(cell, value);
    }

    private static Series series(List<String> fields, int from) {
        return new Series(
                fields.get(from),
                fields.get(from + 1),
                fields.get(from + 2),
                fields.get(from + 3),
                fields.get(from + 4),
                Measure.parse(fields.get(from + 5)));
    }

    private static long number(String field) {
        return Long.parseLong(field);
    }

    private static Instant instant(String field) {
        return Instant.ofEpochMilli(number(field));
    }
}
