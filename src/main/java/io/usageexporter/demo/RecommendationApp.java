package io.usageexporter.demo;

import io.usageexporter.client.UsageRecord;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * The usage of a simulated recommendation app: office hours and quiet weekends (UTC), a newsletter's burst twice a
 * week, cached prompts, three teams, two scraped platforms that cost money, and a crawler for one of them that was left running. Deterministic in
 * time; each record has a unique id.
 *
 * @param runawayFrom when the crawler was started
 */
public record RecommendationApp(Instant runawayFrom) {
    /** Activity in each hour of a working day, relative to a usual office hour. */
    private static final double[] BUSY = {
        0.12, 0.08, 0.08, 0.08, 0.1, 0.15, 0.25, 0.5, 0.8, 1, 1.2, 1.1, 0.8, 1, 1.2, 1.1, 1, 0.7, 0.5, 0.4, 0.35, 0.3,
        0.2, 0.15
    };

    private static final double WEEKEND = 0.25;
    private static final String SONNET = "claude-sonnet-4-5";
    private static final String HAIKU = "claude-haiku-4-5";

    /** A compute unit is a gigabyte-hour; the crawler runs with almost ten gigabytes. */
    private static final double RUNAWAY_UNITS_A_MINUTE = 0.16;

    /** US dollars. */
    private static final BigDecimal UNIT_PRICE = new BigDecimal("0.25");

    /** Usage and its instant in the app's time. */
    record Timed(Instant at, UsageRecord usage) {}

    /** All usage from an instant to before another, in chronological order. */
    List<Timed> records(Instant from, Instant until) {
        var records = new ArrayList<Timed>();
        for (Instant minute = from.truncatedTo(ChronoUnit.MINUTES);
                minute.isBefore(until);
                minute = minute.plus(1, ChronoUnit.MINUTES)) {
            records.addAll(new Minute(minute).records());
        }
        records.removeIf(each -> each.at().isBefore(from) || !each.at().isBefore(until));
        return records;
    }

    /** One minute of the app, generated from a seed of that minute. */
    private final class Minute {
        private final Instant start;
        private final Random random;
        private final List<Timed> records = new ArrayList<>();

        Minute(Instant start) {
            this.start = start;
            this.random = new Random(start.getEpochSecond());
        }

        List<Timed> records() {
            ZonedDateTime time = start.atZone(ZoneOffset.UTC);
            DayOfWeek day = time.getDayOfWeek();
            boolean weekend = day == DayOfWeek.SATURDAY || day == DayOfWeek.SUNDAY;
            double busy = BUSY[time.getHour()] * (weekend ? WEEKEND : 1);
            boolean newsletter = (day == DayOfWeek.TUESDAY || day == DayOfWeek.THURSDAY)
                    && time.getHour() == 9
                    && time.getMinute() < 25;
            calls(newsletter ? 4 : 0.6 * busy, "recommendations", "growth", SONNET, 450, 2400);
            calls(0.25 * busy, "chat", "support", HAIKU, 600, 1300);
            calls(0.05 * busy, "summaries", "support", SONNET, 1800, 0);
            calls(time.getHour() == 2 ? 0.6 : 0, "nightly-eval", "research", HAIKU, 1500, 4800);
            runs(0.3 * busy, "instagram", 0.12);
            runs(0.2 * busy, "tiktok", 0.1);
            if (!start.isBefore(runawayFrom)) {
                add("runaway", run("tiktok", BigDecimal.valueOf(RUNAWAY_UNITS_A_MINUTE)));
            }
            records.sort(Comparator.comparing(Timed::at));
            return records;
        }

        /** Calls of Claude at this rate per minute. */
        private void calls(double rate, String category, String consumer, String model, int input, int cached) {
            for (int n = arrivals(rate); n > 0; n--) {
                boolean coldCache = cached > 0 && random.nextInt(12) == 0;
                add(
                        category,
                        UsageRecord.of("anthropic")
                                .category(category)
                                .consumer(consumer)
                                .model(model)
                                .tokens(TokenKind.INPUT, around(input))
                                .tokens(TokenKind.OUTPUT, around(input / 4))
                                .tokens(TokenKind.CACHE_READ, coldCache ? 0 : cached)
                                .tokens(TokenKind.CACHE_WRITE_5M, coldCache ? cached : 0));
            }
        }

        /** Runs of an actor at this rate per minute. */
        private void runs(double rate, String platform, double units) {
            for (int n = arrivals(rate); n > 0; n--) {
                add(platform, run(platform, around(units)));
            }
        }

        private UsageRecord run(String platform, BigDecimal units) {
            return UsageRecord.of("apify")
                    .category(platform)
                    .amount("compute_units", units)
                    .amount("usd", units.multiply(UNIT_PRICE));
        }

        private void add(String what, UsageRecord usage) {
            Instant at = start.plusMillis(random.nextInt(60_000));
            records.add(new Timed(at, usage.id("demo:" + start + ":" + what + ":" + records.size())));
        }

        /** A Poisson variate (Knuth, The Art of Computer Programming, 3.4.1). */
        private int arrivals(double rate) {
            double limit = Math.exp(-rate);
            int arrivals = 0;
            for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
                arrivals++;
            }
            return arrivals;
        }

        private int around(int usual) {
            return (int) (usual * (0.6 + 0.8 * random.nextDouble()));
        }

        private BigDecimal around(double usual) {
            return BigDecimal.valueOf(usual * (0.4 + 1.2 * random.nextDouble())).setScale(4, RoundingMode.HALF_EVEN);
        }
    }
}
