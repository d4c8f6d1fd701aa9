package io.usageexporter.testing;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** A month of a recommendation app, always the same: office hours, weekends, and a morning on which too much is scraped. */
public final class DemoUse {
    private final Random random = new Random(7);
    private final List<String> events = new ArrayList<>();

    private DemoUse() {}

    /** Records the 34 days before an instant. */
    public static void record(TestExporter exporter, Instant now) {
        var demo = new DemoUse();
        for (Instant at = now.minus(Duration.ofDays(34)); at.isBefore(now); at = at.plus(Duration.ofMinutes(30))) {
            demo.halfHour(at, Duration.between(at, now));
        }
        for (int from = 0; from < demo.events.size(); from += 5000) {
            List<String> batch = demo.events.subList(from, Math.min(from + 5000, demo.events.size()));
            String answer = exporter.record(batch.stream().collect(Collectors.joining(",", "[", "]")))
                    .body();
            if (!answer.startsWith("{\"recorded\":" + batch.size())) {
                throw new IllegalStateException(answer);
            }
        }
    }

    private void halfHour(Instant at, Duration ago) {
        ZonedDateTime time = at.atZone(ZoneOffset.UTC);
        boolean weekend = time.getDayOfWeek() == DayOfWeek.SATURDAY || time.getDayOfWeek() == DayOfWeek.SUNDAY;
        boolean office = !weekend && time.getHour() >= 8 && time.getHour() < 18;
        double load = (office ? 1 : weekend ? 0.12 : 0.2) * (0.75 + random.nextDouble() / 2);
        claude(at, "recommendations", (int) Math.round(16 * load), 650);
        claude(at, "chat", (int) Math.round(7 * load), 1100);
        claude(at, "summaries", (int) Math.round(3 * load), 2600);
        if (time.getHour() == 2) {
            claude(at, "nightly-eval", 6, 1500);
        }
        scrape(at, "instagram", 1.1 * load);
        scrape(at, "tiktok", 0.8 * load);
        if (ago.toHours() < 6) { // today somebody left a crawler running
            scrape(at, "tiktok", 5.2);
        }
    }

    private void claude(Instant at, String category, int requests, int tokens) {
        for (int i = 0; i < requests; i++) {
            int input = (int) (tokens * (0.7 + 0.6 * random.nextDouble()));
            events.add("{\"provider\":\"anthropic\",\"category\":\"" + category
                    + "\",\"model\":\"claude-sonnet-4-5\",\"at\":\"" + at
                    + "\",\"usage\":{\"tokens\":{\"input\":" + input + ",\"output\":" + input / 3 + ",\"cache_read\":"
                    + input * 4 + "}}}");
        }
    }

    private void scrape(Instant at, String platform, double units) {
        events.add("{\"provider\":\"apify\",\"category\":\"" + platform + "\",\"at\":\"" + at
                + "\",\"usage\":{\"compute_units\":" + Math.round(units * 10_000) / 10_000.0 + "}}");
    }
}
