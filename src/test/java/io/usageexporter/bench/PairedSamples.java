package io.usageexporter.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Pairs of measurements taken in direct succession, so that both had the same conditions. */
final class PairedSamples {
    private final List<Double> measured = new ArrayList<>();
    private final List<Double> reference = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();

    /** Adds a pair without printing it. */
    void addSilently(double measuredNow, double referenceNow) {
        measured.add(measuredNow);
        reference.add(referenceNow);
        ratios.add(measuredNow / referenceNow);
    }

    void add(double measuredNow, double referenceNow) {
        addSilently(measuredNow, referenceNow);
        System.err.printf(Locale.ROOT, "  %,.1f : %,.1f%n", measuredNow, referenceNow);
    }

    double measured() {
        return median(measured);
    }

    double reference() {
        return median(reference);
    }

    /** The median of the ratios. */
    double ratio() {
        return median(ratios);
    }

    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
