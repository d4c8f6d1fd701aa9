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
 * What a made recommendation app uses: office hours and quiet weekends (UTC), a newsletter's burst twice a week, prompts
 * read from the cache, two platforms scraped, and a crawler for one of them that somebody forgot to stop. The same for
 * the same time, however it is asked for; each use has an id of its own.
 *
 * @param runawayFrom when the crawler was started
 */
public record RecommendationApp(Instant runawayFrom) {
    /** How busy each hour of a working day is, against a usual office hour. */
    private static final double[] BUSY = {
        0.12, 0.08, 0.08, 0.08, 0.1, 0.15, 0.25, 0.5, 0.8, 1, 1.2, 1.1, 0.8, 1, 1.2, 1.1, 1, 0.7, 0.5, 0.4, 0.35, 0.3,
        0.2, 0.15
    };

    private static final double WEEKEND = 0.25;
    private static final String SONNET = "claude-sonnet-4-5";
    private static final String HAIKU = "claude-haiku-4-5";

    /** A compute unit is a gigabyte for an hour; the crawler was given almost ten. */
    private static final double RUNAWAY_UNITS_A_MINUTE = 0.16;

    /** A use, and when it is in the app's time. */
    record Timed(Instant at, UsageRecord use) {}

    /** All uses from an instant to before another, in the order of time. */
    List<Timed> uses(Instant from, Instant until) {
        var uses = new ArrayList<Timed>();
        for (Instant minute = from.truncatedTo(ChronoUnit.MINUTES);
                minute.isBefore(until);
                minute = minute.plus(1, ChronoUnit.MINUTES)) {
            uses.addAll(new Minute(minute).uses());
        }
        uses.removeIf(each -> each.at().isBefore(from) || !each.at().isBefore(until));
        return uses;
    }

    /** One minute of the app, made by a random generator that starts with it. */
    private final class Minute {
        private final Instant start;
        private final Random random;
        private final List<Timed> uses = new ArrayList<>();

        Minute(Instant start) {
            this.start = start;
            this.random = new Random(start.getEpochSecond());
        }

        List<Timed> uses() {
            ZonedDateTime time = start.atZone(ZoneOffset.UTC);
            DayOfWeek day = time.getDayOfWeek();
            boolean weekend = day == DayOfWeek.SATURDAY || day == DayOfWeek.SUNDAY;
            double busy = BUSY[time.getHour()] * (weekend ? WEEKEND : 1);
            boolean newsletter = (day == DayOfWeek.TUESDAY || day == DayOfWeek.THURSDAY)
                    && time.getHour() == 9
                    && time.getMinute() < 25;
            calls(newsletter ? 4 : 0.6 * busy, "recommendations", SONNET, 450, 2400);
            calls(0.25 * busy, "chat", HAIKU, 600, 1300);
            calls(0.05 * busy, "summaries", SONNET, 1800, 0);
            calls(time.getHour() == 2 ? 0.6 : 0, "nightly-eval", HAIKU, 1500, 4800);
            runs(0.3 * busy, "instagram", 0.12);
            runs(0.2 * busy, "tiktok", 0.1);
            if (!start.isBefore(runawayFrom)) {
                use(
                        "runaway",
                        UsageRecord.of("apify").category("tiktok").amount("compute_units", RUNAWAY_UNITS_A_MINUTE));
            }
            uses.sort(Comparator.comparing(Timed::at));
            return uses;
        }

        /** Calls of Claude, of which there are so many a minute. */
        private void calls(double rate, String category, String model, int input, int cached) {
            for (int n = arrivals(rate); n > 0; n--) {
                boolean coldCache = cached > 0 && random.nextInt(12) == 0;
                use(
                        category,
                        UsageRecord.of("anthropic")
                                .category(category)
                                .model(model)
                                .tokens(TokenKind.INPUT, around(input))
                                .tokens(TokenKind.OUTPUT, around(input / 4))
                                .tokens(TokenKind.CACHE_READ, coldCache ? 0 : cached)
                                .tokens(TokenKind.CACHE_WRITE_5M, coldCache ? cached : 0));
            }
        }

        /** Runs of an actor. */
        private void runs(double rate, String platform, double units) {
            for (int n = arrivals(rate); n > 0; n--) {
                use(platform, UsageRecord.of("apify").category(platform).amount("compute_units", around(units)));
            }
        }

        private void use(String what, UsageRecord use) {
            Instant at = start.plusMillis(random.nextInt(60_000));
            uses.add(new Timed(at, use.id("demo:" + start + ":" + what + ":" + uses.size())));
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
