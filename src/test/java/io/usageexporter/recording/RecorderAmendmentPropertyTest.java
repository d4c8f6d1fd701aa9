package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.totals.Series;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** In whatever order uses are seen, how often and with what figures: of each use the highest amounts count, once. */
class RecorderAmendmentPropertyTest {
    /** Something that happens to a recorder. */
    private sealed interface Step {
        /** Uses are seen together, in one submission. */
        record Track(List<Sighting> sightings) implements Step {}

        /** Sightings are submitted one after the other, and some of them committed together. */
        record Burst(List<Sighting> sightings) implements Step {}

        record Wait(Duration time) implements Step {}

        record Restart() implements Step {}
    }

    /** A use as it is seen once. */
    private record Sighting(int id, Source source, String category, long input, long output) {
        UsageEvent event(RecorderFixture books) {
            var amounts = Map.of(
                    Measure.tokens(TokenKind.INPUT), new Amount(input),
                    Measure.tokens(TokenKind.OUTPUT), new Amount(output));
            return new UsageEvent(
                    "u" + id, "anthropic", category, "", books.clock().instant(), Usage.of(amounts));
        }
    }

    /** What should be counted of a use. */
    private static final class Highest {
        private final Sighting first;
        private long input;
        private long output;

        Highest(Sighting first) {
            this.first = first;
        }

        void see(Sighting sighting) {
            input = Math.max(input, sighting.input());
            output = Math.max(output, sighting.output());
        }
    }

    @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
    void ofEachUseTheHighestAmountsCount(@ForAll("steps") List<Step> steps) throws Exception {
        Path folder = Files.createTempDirectory("tracking");
        try (var books = new RecorderFixture(folder)) {
            var expected = new TreeMap<Integer, Highest>();
            Map<Series, BigDecimal> before = Map.of();
            for (Step step : steps) {
                play(step, books, expected);
                check(books, expected);
                Map<Series, BigDecimal> now = books.snapshot().series();
                before.forEach((series, value) -> assertThat(now.get(series)).isGreaterThanOrEqualTo(value));
                before = now;
            }
            books.verify(expected.size());
        } finally {
            delete(folder);
        }
    }

    private static void play(Step step, RecorderFixture books, Map<Integer, Highest> expected) throws Exception {
        if (step instanceof Step.Track track) {
            books.track(
                    track.sightings().get(0).source(),
                    track.sightings().stream()
                            .map(sighting -> sighting.event(books))
                            .toArray(UsageEvent[]::new));
            track.sightings()
                    .forEach(sighting -> see(sighting, track.sightings().get(0), expected));
        } else if (step instanceof Step.Burst burst) {
            var outcomes = new ArrayList<Outcome>();
            burst.sightings()
                    .subList(1, burst.sightings().size())
                    .forEach(sighting ->
                            books.recorder().track(List.of(sighting.event(books)), sighting.source(), outcomes::add));
            Sighting last = burst.sightings().get(0);
            books.track(last.source(), last.event(books)); // answered after all before it
            burst.sightings().subList(1, burst.sightings().size()).forEach(each -> see(each, each, expected));
            see(last, last, expected);
            assertThat(outcomes).hasSize(burst.sightings().size() - 1);
        } else if (step instanceof Step.Wait wait) {
            books.clock().advance(wait.time());
        } else {
            books.restart();
        }
    }

    private static void see(Sighting sighting, Sighting submitter, Map<Integer, Highest> expected) {
        expected.computeIfAbsent(
                        sighting.id(),
                        id -> new Highest(new Sighting(id, submitter.source(), sighting.category(), 0, 0)))
                .see(sighting);
    }

    private static void check(RecorderFixture books, Map<Integer, Highest> expected) {
        for (String category : List.of("a", "b")) {
            List<Highest> ofCategory = expected.values().stream()
                    .filter(highest -> highest.first.category().equals(category))
                    .toList();
            assertThat(sum(books, category, TokenKind.INPUT))
                    .isEqualTo(ofCategory.stream().mapToLong(each -> each.input).sum());
            assertThat(sum(books, category, TokenKind.OUTPUT))
                    .isEqualTo(
                            ofCategory.stream().mapToLong(each -> each.output).sum());
        }
        for (Source source : List.of(Source.GATEWAY, Source.POLLER)) {
            assertThat(books.recorded(source))
                    .isEqualTo(expected.values().stream()
                            .filter(highest -> highest.first.source() == source)
                            .count());
        }
    }

    /** In millionths. */
    private static long sum(RecorderFixture books, String category, TokenKind kind) {
        return books.snapshot()
                .series()
                .getOrDefault(new Series("anthropic", category, "", Measure.tokens(kind)), BigDecimal.ZERO)
                .movePointRight(Amount.SCALE)
                .longValueExact();
    }

    private static void delete(Path folder) throws Exception {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> amount = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 3), Arbitraries.longs().between(0, 3_000_000_000L));
        Arbitrary<Sighting> sighting = Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of(Source.GATEWAY, Source.POLLER),
                        Arbitraries.of("a", "b"),
                        amount,
                        amount)
                .as(Sighting::new);
        Arbitrary<List<Sighting>> several = sighting.list().ofMinSize(1).ofMaxSize(5);
        Arbitrary<Step> track = several.map(Step.Track::new);
        Arbitrary<Step> burst = several.map(Step.Burst::new);
        Arbitrary<Step> wait = Arbitraries.longs().between(1, 90).map(days -> new Step.Wait(Duration.ofDays(days)));
        Arbitrary<Step> restart = Arbitraries.create(Step.Restart::new);
        return Arbitraries.frequencyOf(Tuple.of(4, track), Tuple.of(3, burst), Tuple.of(1, wait), Tuple.of(1, restart))
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }
}
