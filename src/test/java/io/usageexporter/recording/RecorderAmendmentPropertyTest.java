package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.Folders;
import io.usageexporter.totals.Series;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

/** The highest amounts of each event count, once, in whatever order, how often and with what amounts it is observed. */
class RecorderAmendmentPropertyTest {
    /** A step of a test run. */
    private sealed interface Step {
        /** Observations in one submission. */
        record Track(List<Observation> observations) implements Step {}

        /** Observations that are submitted one after the other, some of which are committed together. */
        record Burst(List<Observation> observations) implements Step {}

        record Wait(Duration time) implements Step {}

        record Restart() implements Step {}
    }

    /** One observation of an event. */
    private record Observation(int id, Source source, String category, long input, long output) {
        UsageEvent event(RecorderFixture fixture) {
            var amounts = Map.of(
                    Measure.tokens(TokenKind.INPUT), new Amount(input),
                    Measure.tokens(TokenKind.OUTPUT), new Amount(output));
            return new UsageEvent(
                    "u" + id, "anthropic", category, "", fixture.clock().instant(), Usage.of(amounts));
        }
    }

    /** The expected amounts of an event. */
    private static final class Highest {
        private final Observation first;
        private long input;
        private long output;

        Highest(Observation first) {
            this.first = first;
        }

        void observe(Observation observation) {
            input = Math.max(input, observation.input());
            output = Math.max(output, observation.output());
        }
    }

    @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
    void highestAmountsOfEachEventCountOnce(@ForAll("steps") List<Step> steps) throws Exception {
        Path folder = Files.createTempDirectory("tracking");
        try (var fixture = new RecorderFixture(folder)) {
            var expected = new TreeMap<Integer, Highest>();
            Map<Series, BigDecimal> before = Map.of();
            for (Step step : steps) {
                play(step, fixture, expected);
                check(fixture, expected);
                Map<Series, BigDecimal> now = fixture.snapshot().series();
                before.forEach((series, value) -> assertThat(now.get(series)).isGreaterThanOrEqualTo(value));
                before = now;
            }
            fixture.verify(expected.size());
        } finally {
            Folders.delete(folder);
        }
    }

    private static void play(Step step, RecorderFixture fixture, Map<Integer, Highest> expected) throws Exception {
        if (step instanceof Step.Track track) {
            fixture.observe(
                    track.observations().get(0).source(),
                    track.observations().stream()
                            .map(observation -> observation.event(fixture))
                            .toArray(UsageEvent[]::new));
            track.observations()
                    .forEach(observation ->
                            observe(observation, track.observations().get(0), expected));
        } else if (step instanceof Step.Burst burst) {
            var outcomes = new ArrayList<Outcome>();
            burst.observations()
                    .subList(1, burst.observations().size())
                    .forEach(observation -> fixture.recorder()
                            .recordObserved(List.of(observation.event(fixture)), observation.source(), outcomes::add));
            Observation last = burst.observations().get(0);
            fixture.observe(last.source(), last.event(fixture)); // completes after all before it
            burst.observations().subList(1, burst.observations().size()).forEach(each -> observe(each, each, expected));
            observe(last, last, expected);
            assertThat(outcomes).hasSize(burst.observations().size() - 1);
        } else if (step instanceof Step.Wait wait) {
            fixture.clock().advance(wait.time());
        } else {
            fixture.restart();
        }
    }

    private static void observe(Observation observation, Observation submitter, Map<Integer, Highest> expected) {
        expected.computeIfAbsent(
                        observation.id(),
                        id -> new Highest(new Observation(id, submitter.source(), observation.category(), 0, 0)))
                .observe(observation);
    }

    private static void check(RecorderFixture fixture, Map<Integer, Highest> expected) {
        for (String category : List.of("a", "b")) {
            List<Highest> ofCategory = expected.values().stream()
                    .filter(highest -> highest.first.category().equals(category))
                    .toList();
            assertThat(sum(fixture, category, TokenKind.INPUT))
                    .isEqualTo(ofCategory.stream().mapToLong(each -> each.input).sum());
            assertThat(sum(fixture, category, TokenKind.OUTPUT))
                    .isEqualTo(
                            ofCategory.stream().mapToLong(each -> each.output).sum());
        }
        for (Source source : List.of(Source.GATEWAY, Source.POLLER)) {
            assertThat(fixture.recorded(source))
                    .isEqualTo(expected.values().stream()
                            .filter(highest -> highest.first.source() == source)
                            .count());
        }
    }

    /** In millionths. */
    private static long sum(RecorderFixture fixture, String category, TokenKind kind) {
        return fixture.snapshot()
                .series()
                .getOrDefault(new Series("anthropic", category, "", Measure.tokens(kind)), BigDecimal.ZERO)
                .movePointRight(Amount.SCALE)
                .longValueExact();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> amount = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 3), Arbitraries.longs().between(0, 3_000_000_000L));
        Arbitrary<Observation> observation = Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of(Source.GATEWAY, Source.POLLER),
                        Arbitraries.of("a", "b"),
                        amount,
                        amount)
                .as(Observation::new);
        Arbitrary<List<Observation>> several = observation.list().ofMinSize(1).ofMaxSize(5);
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
