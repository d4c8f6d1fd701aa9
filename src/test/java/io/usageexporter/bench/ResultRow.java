package io.usageexporter.bench;

import java.util.Locale;

/** A line of the table. */
record ResultRow(String name, String measured, String reference, String ratio, String target, boolean met) {
    /** The names of the columns. */
    static final String HEADING = format("benchmark", "exporter", "reference", "ratio", "target", "");

    /** A rate with a minimum relative to the reference. */
    static ResultRow atLeast(double target, String name, PairedSamples rounds) {
        return compared(name, rounds, "events/s", ">= " + target, rounds.ratio() >= target);
    }

    /** A time with a maximum relative to the reference. */
    static ResultRow atMost(double target, String name, PairedSamples rounds) {
        return atMost(target, name, rounds, "ms");
    }

    /** A figure with a maximum relative to the reference. */
    static ResultRow atMost(double target, String name, PairedSamples rounds, String unit) {
        return compared(name, rounds, unit, "<= " + target, rounds.ratio() <= target);
    }

    /** A figure with a maximum. */
    static ResultRow below(double limit, String name, double measured, String unit) {
        return new ResultRow(name, number(measured, unit), "", "", "<= " + number(limit, unit), measured <= limit);
    }

    /** A time with a maximum difference to the reference. */
    static ResultRow notAbove(double limit, String name, double measured, double reference, String unit) {
        return new ResultRow(
                name,
                number(measured, unit),
                number(reference, unit),
                "",
                "<= +" + number(limit, unit),
                measured - reference <= limit);
    }

    /** A count that must be exact. */
    static ResultRow exactly(String name, long measured, long wanted) {
        return new ResultRow(name, grouped(measured), grouped(wanted), "", "equal", measured == wanted);
    }

    private static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static ResultRow compared(String name, PairedSamples rounds, String unit, String target, boolean met) {
        return new ResultRow(
                name,
                number(rounds.measured(), unit),
                number(rounds.reference(), unit),
                String.format(Locale.ROOT, "%.2f", rounds.ratio()),
                target,
                met);
    }

    private static String number(double value, String unit) {
        String digits = value < 1 ? "%.2f %s" : value < 100 ? "%.1f %s" : "%,.0f %s";
        return String.format(Locale.ROOT, digits, value, unit);
    }

    private static String format(Object... columns) {
        return String.format(Locale.ROOT, "%-44s %18s %18s %6s %11s  %s", columns);
    }

    @Override
    public String toString() {
        return format(name, measured, reference, ratio, target, met ? "met" : "missed");
    }
}
