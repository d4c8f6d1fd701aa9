package io.usageexporter.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.usageexporter.event.TokenKind;
import io.usageexporter.totals.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A counter of usage with its labels: validated, in order, and as text. Immutable. */
final class UsageSeries {
    /** The order of a scrape. */
    static final Comparator<UsageSeries> ORDER =
            Comparator.comparing(UsageSeries::resource).thenComparing(each -> each.labels);

    private static final int EXPECTED_BYTES = 128;

    private final Series series;
    private final Labels labels;
    private final byte[] text;

    UsageSeries(Series series) {
        this.series = series;
        labels = labels(series);
        var buffer = new Utf8Buffer(EXPECTED_BYTES);
        TextWriter.writeLabels(labels, buffer);
        text = buffer.toByteArray();
    }

    private static Labels labels(Series series) {
        TokenKind kind = series.measure().kind();
        var pairs = new ArrayList<String>();
        add(pairs, "category", series.category());
        addUnlessEmpty(pairs, "consumer", series.consumer());
        addUnlessEmpty(pairs, "kind", kind == null ? "" : kind.label());
        add(pairs, "model", series.model());
        addUnlessEmpty(pairs, "pricing", series.pricing());
        add(pairs, "provider", series.provider());
        return Labels.of(pairs.toArray(new String[0]));
    }

    private static void add(List<String> pairs, String name, String value) {
        pairs.add(name);
        pairs.add(value);
    }

    /** To Prometheus a label without a value is the same as none. */
    private static void addUnlessEmpty(List<String> pairs, String name, String value) {
        if (!value.isEmpty()) {
            add(pairs, name, value);
        }
    }

    Series series() {
        return series;
    }

    String resource() {
        return series.measure().resource();
    }

    Point at(double total) {
        return new Point(total, labels, text);
    }

    /** A total, with its labels as text. */
    static final class Point extends CounterDataPointSnapshot {
        private final byte[] text;

        private Point(double total, Labels labels, byte[] text) {
            super(total, labels, null, 0);
            this.text = text;
        }

        /** The labels as both text formats write them; not to be changed. */
        byte[] text() {
            return text;
        }
    }
}
