package io.usageexporter.demo;

import io.usageexporter.client.UsageClient;
import io.usageexporter.client.UsageRecord;
import io.usageexporter.demo.RecommendationApp.Timed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Feeds usage of the {@link RecommendationApp} into an exporter: first the days before the start, backdated, then live,
 * optionally faster than real time. Not thread-safe.
 *
 * <p>Ids of backdated and real-time usage derive from the app's time, so that playing it again counts it once. Faster
 * usage has random ids, since its instants differ.
 */
public final class Demo {
    /** How long before the start the runaway crawler was started. */
    private static final Duration RUNAWAY = Duration.ofHours(6);

    private static final Duration DELIVERY = Duration.ofSeconds(60);

    private final UsageClient client;
    private final Instant start;
    private final double speed;
    private final RecommendationApp app;
    private Instant played;

    /**
     * @param client delivers the usage; closed by the caller
     * @param start when live usage starts
     * @param speed seconds of the app per second, above 0
     */
    public Demo(UsageClient client, Instant start, double speed) {
        this.client = client;
        this.start = start;
        this.speed = speed;
        this.app = new RecommendationApp(start.minus(RUNAWAY));
        this.played = start;
    }

    /**
     * Records the app's usage in the days before the start.
     *
     * @param days 0 to 39, since older events are not accepted
     * @return the number of events
     * @throws DeliveryException if the exporter did not accept all of them
     */
    public long backdate(int days) throws DeliveryException {
        long events = 0;
        for (Instant day = start.minus(Duration.ofDays(days));
                day.isBefore(start);
                day = day.plus(Duration.ofDays(1))) {
            List<Timed> played = app.records(day, day.plus(Duration.ofDays(1)));
            played.forEach(each -> client.record(each.usage().at(each.at())));
            if (client.flush(DELIVERY) > 0) {
                throw new DeliveryException();
            }
            events += played.size();
        }
        return events;
    }

    /**
     * Queues the app's usage since the last call, or since the start; delivery continues in the background.
     *
     * @param now determines the app's time
     */
    public void playUntil(Instant now) {
        Instant until = start.plusMillis((long) (Duration.between(start, now).toMillis() * speed));
        app.records(played, until).forEach(each -> client.record(live(each)));
        played = until;
    }

    private UsageRecord live(Timed each) {
        if (speed == 1) {
            return each.usage().at(each.at());
        }
        long sinceStart = (long) (Duration.between(start, each.at()).toMillis() / speed);
        return each.usage().id(null).at(start.plusMillis(sinceStart));
    }

    /** The exporter did not accept all events. */
    public static final class DeliveryException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
