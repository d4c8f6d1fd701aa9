package io.usageexporter.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DistributionDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SnapshotEscaper;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what the client library's writers write, byte for byte, in a fraction of their time. It leaves to them the
 * families that the exporter hardly has: state sets, summaries of quantiles, exemplars, timestamps, and those of several
 * collectors. Not thread-safe.
 */
final class TextWriter {
    private static final String EOF = "# EOF\n";
    private static final String TOTAL = "_total";
    private static final String INFO = "_info";
    private static final int EXPECTED_BYTES = 128;

    private final TextFormat format;
    private final Utf8Buffer out;

    TextWriter(TextFormat format, Utf8Buffer out) {
        this.format = format;
        this.out = out;
    }

    /** Writes a whole scrape. */
    void write(MetricSnapshots scrape) {
        for (int i = 0; i < scrape.size(); ) {
            var family = new ArrayList<MetricSnapshot>(1);
            do {
                family.add(scrape.get(i++));
            } while (i < scrape.size() && name(scrape.get(i)).equals(name(family.get(0))));
            write(family);
        }
        if (format == TextFormat.OPENMETRICS) {
            out.add(EOF);
        }
    }

    private static String name(MetricSnapshot snapshot) {
        return snapshot.getMetadata().getPrometheusName();
    }

    private void write(List<MetricSnapshot> family) {
        MetricSnapshot snapshot = family.get(0);
        if (family.size() > 1 || snapshot.getDataPoints().isEmpty() || !isPlain(snapshot)) {
            writeByLibrary(family);
        } else if (snapshot instanceof CounterSnapshot counter) {
            write(counter);
        } else if (snapshot instanceof GaugeSnapshot gauge) {
            write(gauge);
        } else if (snapshot instanceof HistogramSnapshot histogram && !histogram.isGaugeHistogram()) {
            write(histogram);
        } else if (snapshot instanceof SummarySnapshot summary) {
            write(summary);
        } else if (snapshot instanceof InfoSnapshot info) {
            write(info);
        } else {
            writeByLibrary(family);
        }
    }

    private boolean isPlain(MetricSnapshot snapshot) {
        for (DataPointSnapshot series : snapshot.getDataPoints()) {
            if (!isPlain(series)) {
                return false;
            }
        }
        return true;
    }

    /** Whether nothing has to be written for a series but names, labels and numbers. */
    private boolean isPlain(DataPointSnapshot series) {
        if (series.hasScrapeTimestamp()) {
            return false;
        }
        if (series instanceof CounterDataPointSnapshot counter) {
            return counter.getExemplar() == null || format == TextFormat.PROMETHEUS;
        }
        if (series instanceof HistogramDataPointSnapshot histogram) {
            return (histogram.getExemplars().size() == 0 || format == TextFormat.PROMETHEUS)
                    && histogram.hasClassicHistogramData()
                    && histogram.hasSum();
        }
        if (series instanceof SummaryDataPointSnapshot summary) {
            return summary.getQuantiles().size() == 0 && summary.hasCount() && summary.hasSum();
        }
        return true;
    }

    private void writeByLibrary(List<MetricSnapshot> family) {
        try {
            format.library().write(out, new MetricSnapshots(family));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (format == TextFormat.OPENMETRICS) {
            out.truncate(out.size() - EOF.length());
        }
    }

    private void write(CounterSnapshot counter) {
        String name = suffixed(counter.getMetadata(), TOTAL);
        writeHead(counter, format == TextFormat.OPENMETRICS ? without(TOTAL, name) : name, "counter");
        byte[] start = bytes(name);
        for (CounterDataPointSnapshot series : counter.getDataPoints()) {
            writeSeries(start, series).add(series.getValue()).add('\n');
        }
    }

    private void write(GaugeSnapshot gauge) {
        MetricMetadata metadata = gauge.getMetadata();
        String name = format == TextFormat.OPENMETRICS
                ? metadata.getPrometheusName()
                : SnapshotEscaper.getLegacyGaugeName(metadata, metadata.getOriginalName(), EscapingScheme.DEFAULT);
        writeHead(gauge, name, "gauge");
        byte[] start = bytes(name);
        for (GaugeDataPointSnapshot series : gauge.getDataPoints()) {
            writeSeries(start, series).add(series.getValue()).add('\n');
        }
    }

    private void write(InfoSnapshot info) {
        String name = suffixed(info.getMetadata(), INFO);
        if (format == TextFormat.OPENMETRICS) {
            writeHead(info, without(INFO, name), "info");
        } else {
            writeHead(info, name, "gauge");
        }
        for (DataPointSnapshot series : info.getDataPoints()) {
            writeSeries(bytes(name), series).add("1\n");
        }
    }

    private void write(HistogramSnapshot histogram) {
        String name = name(histogram);
        writeHead(histogram, name, "histogram");
        for (HistogramDataPointSnapshot series : histogram.getDataPoints()) {
            byte[] start = startOfBuckets(name, series.getLabels());
            ClassicHistogramBuckets buckets = series.getClassicBuckets();
            long count = 0;
            for (int i = 0; i < buckets.size(); i++) {
                count += buckets.getCount(i);
                out.add(start);
                out.add(buckets.getUpperBound(i)).add("\"} ");
                out.add(count).add('\n');
            }
            writeCountAndSum(name, series);
        }
    }

    private static byte[] startOfBuckets(String name, Labels labels) {
        var start = new Utf8Buffer(EXPECTED_BYTES);
        start.add(name).add("_bucket");
        writeLabels(labels, start);
        if (labels.size() == 0) {
            start.add('{');
        } else {
            start.truncate(start.size() - 1);
            start.add(',');
        }
        return start.add("le=\"").toByteArray();
    }

    private void write(SummarySnapshot summary) {
        writeHead(summary, name(summary), "summary");
        summary.getDataPoints().forEach(series -> writeCountAndSum(name(summary), series));
    }

    private void writeCountAndSum(String name, DistributionDataPointSnapshot series) {
        writeSeries(bytes(name + "_count"), series).add(series.getCount()).add('\n');
        writeSeries(bytes(name + "_sum"), series).add(series.getSum()).add('\n');
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private static String suffixed(MetricMetadata metadata, String suffix) {
        String base = metadata.getExpositionBasePrometheusName();
        return base.endsWith(suffix) ? base : metadata.getPrometheusName() + suffix;
    }

    private static String without(String suffix, String name) {
        return name.substring(0, name.length() - suffix.length());
    }

    private void writeHead(MetricSnapshot family, String name, String type) {
        String help = family.getMetadata().getHelp();
        boolean hasHelp = help != null && !help.isEmpty();
        if (hasHelp && format == TextFormat.PROMETHEUS) {
            out.add("# HELP ").add(name).add(' ').addEscapedLines(help).add('\n');
        }
        out.add("# TYPE ").add(name).add(' ').add(type).add('\n');
        if (format == TextFormat.OPENMETRICS) {
            Unit unit = family.getMetadata().getUnit();
            if (unit != null) {
                out.add("# UNIT ")
                        .add(name)
                        .add(' ')
                        .addEscaped(unit.toString())
                        .add('\n');
            }
            if (hasHelp) {
                out.add("# HELP ").add(name).add(' ').addEscaped(help).add('\n');
            }
        }
    }

    private Utf8Buffer writeSeries(byte[] name, DataPointSnapshot series) {
        out.add(name);
        if (series instanceof UsageSeries.Point point) {
            out.add(point.text());
        } else {
            writeLabels(series.getLabels(), out);
        }
        return out.add(' ');
    }

    /** Writes labels, if there are any, as they stand after a name. */
    static void writeLabels(Labels labels, Utf8Buffer out) {
        for (int i = 0; i < labels.size(); i++) {
            out.add(i == 0 ? '{' : ',').add(labels.getPrometheusName(i));
            out.add("=\"").addEscaped(labels.getValue(i)).add('"');
        }
        if (labels.size() > 0) {
            out.add('}');
        }
    }
}
