package io.usageexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class TextWriterPropertyTest {
    private static final List<String> NAMES = List.of(
            "api_usage", "jvm.memory", "größe", "a:b", "_", "x.total", "x_total", "x.created", "build_info", "x_info");
    private static final List<String> LABELS =
            List.of("model", "provider", "http.route", "größe", "_x", "Z", "a", "le2");
    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "claude-sonnet-4-5",
            "\\",
            "\"",
            "\n",
            "\r",
            "ü",
            "語",
            "\ud83d\ude00",
            "\ud83d",
            "\ude00",
            "\0",
            " #{}=,");
    private static final double[] NUMBERS = {
        0,
        -0.0,
        1,
        -1,
        0.5,
        1e-3,
        9.99e-4,
        9_999_999,
        1e7,
        12_500_000,
        1e15,
        0x1p53 - 1,
        0x1p53,
        0x1p63,
        1e300,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
    };
    private static final long CREATED = 1_764_000_000_000L;

    @Property(tries = 3000)
    void anyScrapeIsWhatTheLibraryWrites(@ForAll("scrapes") MetricSnapshots scrape, @ForAll TextFormat format)
            throws IOException {
        var library = new ByteArrayOutputStream();
        format.library().write(library, scrape);
        var own = new Utf8Buffer(0);
        new TextWriter(format, own).write(scrape);
        assertThat(new String(own.toByteArray(), StandardCharsets.UTF_8))
                .isEqualTo(library.toString(StandardCharsets.UTF_8));
    }

    @Property(tries = 20_000)
    void anyNumberIsWrittenAsDoubleToString(@ForAll double number) {
        assertThat(written(number)).isEqualTo(Double.toString(number));
    }

    @Property(tries = 20_000)
    void anyWholeNumberIsWrittenAsDoubleToString(@ForAll long number) {
        for (int shift = 0; shift < Long.SIZE; shift++) {
            double shifted = number >> shift;
            assertThat(written(shifted)).isEqualTo(Double.toString(shifted));
            double rounded = Math.scalb((double) (number >> shift), shift % 10);
            assertThat(written(rounded)).isEqualTo(Double.toString(rounded));
        }
    }

    private static String written(double number) {
        return new String(new Utf8Buffer(0).add(number).toByteArray(), StandardCharsets.UTF_8);
    }

    @Provide
    static Arbitrary<MetricSnapshots> scrapes() {
        return Arbitraries.randomValue(random -> new Generator(random).scrape());
    }

    /** Makes what a scrape may consist of. */
    private record Generator(Random random) {
        MetricSnapshots scrape() {
            var byName = new TreeMap<String, List<MetricSnapshot>>();
            for (int families = random.nextInt(5); families > 0; families--) {
                MetricSnapshot family = family();
                byName.put(family.getMetadata().getPrometheusName(), split(family));
            }
            return new MetricSnapshots(
                    byName.values().stream().flatMap(List::stream).toList());
        }

        /** Sometimes as if two collectors had it. */
        private List<MetricSnapshot> split(MetricSnapshot family) {
            return family instanceof GaugeSnapshot gauge && random.nextInt(3) == 0
                    ? List.of(
                            gauge,
                            new GaugeSnapshot(
                                    gauge.getMetadata(),
                                    List.of(new GaugeDataPointSnapshot(1, Labels.of("part", "2"), null))))
                    : List.of(family);
        }

        private MetricSnapshot family() {
            String name = oneOf(NAMES);
            String help = random.nextInt(5) == 0 ? null : text();
            Unit unit = random.nextInt(4) == 0 ? Unit.SECONDS : null;
            switch (random.nextInt(8)) {
                case 0 -> {
                    var counter =
                            CounterSnapshot.builder().name(name).help(help).unit(unit);
                    points(labels -> new CounterDataPointSnapshot(
                                    Math.abs(number()), labels, exemplar(), created(), scraped()))
                            .forEach(counter::dataPoint);
                    return counter.build();
                }
                case 1 -> {
                    var info = InfoSnapshot.builder().name(name).help(help);
                    points(labels -> new InfoDataPointSnapshot(labels, scraped()))
                            .forEach(info::dataPoint);
                    return info.build();
                }
                case 2 -> {
                    return new HistogramSnapshot(
                            random.nextInt(4) == 0, metadata(name, help, unit), points(this::histogram));
                }
                case 3 -> {
                    return new SummarySnapshot(metadata(name, help, unit), points(this::summary));
                }
                case 4 -> {
                    return new UnknownSnapshot(
                            metadata(name, help, unit),
                            points(labels -> new UnknownDataPointSnapshot(number(), labels, exemplar(), scraped())));
                }
                case 5 -> {
                    return new StateSetSnapshot(
                            metadata("switch", help, null),
                            points(labels -> new StateSetDataPointSnapshot(
                                    new String[] {"on", "off"}, new boolean[] {true, false}, labels, scraped())));
                }
                default -> {
                    return new GaugeSnapshot(
                            metadata(name, help, unit),
                            points(labels -> new GaugeDataPointSnapshot(number(), labels, exemplar(), scraped())));
                }
            }
        }

        private static MetricMetadata metadata(String name, @Nullable String help, @Nullable Unit unit) {
            return new MetricMetadata(unit == null ? name : name + "_" + unit, help, unit);
        }

        private HistogramDataPointSnapshot histogram(Labels labels) {
            double[] bounds = random.doubles(random.nextInt(4), -2, 2000)
                    .map(bound -> random.nextBoolean() ? bound : Math.rint(bound))
                    .sorted()
                    .distinct()
                    .toArray();
            double[] all = Arrays.copyOf(bounds, bounds.length + 1);
            all[bounds.length] = Double.POSITIVE_INFINITY;
            long[] counts = LongStream.generate(() -> random.nextInt(1000))
                    .limit(all.length)
                    .toArray();
            return new HistogramDataPointSnapshot(
                    ClassicHistogramBuckets.of(all, counts), number(), labels, exemplars(), created());
        }

        private SummaryDataPointSnapshot summary(Labels labels) {
            var quantiles = random.nextInt(3) > 0 ? Quantiles.EMPTY : Quantiles.of(new Quantile(0.5, number()));
            long count = random.nextInt(4) == 0 ? -1 : random.nextInt(100_000);
            return new SummaryDataPointSnapshot(count, number(), quantiles, labels, exemplars(), created(), scraped());
        }

        private <P> List<P> points(Function<Labels, P> point) {
            return random.ints(random.nextInt(4))
                    .mapToObj(any -> labels())
                    .distinct()
                    .map(point)
                    .toList();
        }

        private Labels labels() {
            var labels = new TreeMap<String, String>();
            for (int i = random.nextInt(4); i > 0; i--) {
                labels.put(oneOf(LABELS), text());
            }
            return Labels.of(new ArrayList<>(labels.keySet()), new ArrayList<>(labels.values()));
        }

        private Exemplars exemplars() {
            Exemplar exemplar = exemplar();
            return exemplar == null ? Exemplars.EMPTY : Exemplars.of(exemplar);
        }

        private @Nullable Exemplar exemplar() {
            return random.nextInt(8) > 0
                    ? null
                    : new Exemplar(number(), Labels.of("trace_id", text()), random.nextBoolean() ? 0 : CREATED);
        }

        private long created() {
            return random.nextInt(4) == 0 ? CREATED : 0;
        }

        private long scraped() {
            return random.nextInt(16) == 0 ? CREATED + random.nextInt(2000) : 0;
        }

        private double number() {
            return switch (random.nextInt(3)) {
                case 0 -> NUMBERS[random.nextInt(NUMBERS.length)];
                case 1 -> random.nextInt(100_000_000);
                default -> Double.longBitsToDouble(random.nextLong());
            };
        }

        private String text() {
            var text = new StringBuilder();
            for (int i = random.nextInt(5); i > 0; i--) {
                text.append(oneOf(TEXTS));
            }
            return text.toString();
        }

        private String oneOf(List<String> all) {
            return all.get(random.nextInt(all.size()));
        }
    }
}
