package io.usageexporter.demo;

import io.usageexporter.client.UsageClient;
import io.usageexporter.client.UsageRecord;
import io.usageexporter.demo.RecommendationApp.Timed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Plays the {@link RecommendationApp} into an exporter: first the days before a start, all at once and backdated, then
 * live, in which the app's time goes by faster than the clock if so wished. Not thread-safe.
 *
 * <p>Ids follow from the app's time, so that what was played before counts once when it is played again at the same
 * speed; a faster app has ids of its own, since its uses fall on other instants.
 */
public final class Demo {
    /** How long before the start the runaway crawler was forgotten. */
    private static final Duration RUNAWAY = Duration.ofHours(6);

    private static final Duration DELIVERY = Duration.ofSeconds(60);

    private final UsageClient client;
    private final Instant start;
    private final double speed;
    private final RecommendationApp app;
    private Instant played;

    /**
     * @param client delivers the uses; stays the caller's
     * @param start when live begins
     * @param speed seconds of the app to a second, above 0
     */
    public Demo(UsageClient client, Instant start, double speed) {
        this.client = client;
        this.start = start;
        this.speed = speed;
        this.app = new RecommendationApp(start.minus(RUNAWAY));
        this.played = start;
    }

    /**
     * Records what the app used in the days before the start.
     *
     * @param days 0 to 39, since no older event is accepted
     * @return how many uses these were
     * @throws DeliveryException when the exporter did not take all of them
     */
    public long backdate(int days) throws DeliveryException {
        long uses = 0;
        for (Instant day = start.minus(Duration.ofDays(days));
                day.isBefore(start);
                day = day.plus(Duration.ofDays(1))) {
            List<Timed> played = app.uses(day, day.plus(Duration.ofDays(1)));
            played.forEach(each -> client.record(each.use().at(each.at())));
            if (client.flush(DELIVERY) > 0) {
                throw new DeliveryException();
            }
            uses += played.size();
        }
        return uses;
    }

    /**
     * Hands over what the app has used since the last time, or since the start; delivery goes on in the background.
     *
     * @param now from which the app's time follows
     */
    public void playUntil(Instant now) {
        Instant until = start.plusMillis((long) (Duration.between(start, now).toMillis() * speed));
        app.uses(played, until).forEach(each -> client.record(live(each)));
        played = until;
    }

    private UsageRecord live(Timed each) {
        if (speed == 1) {
            return each.use().at(each.at());
        }
        long sinceStart = (long) (Duration.between(start, each.at()).toMillis() / speed);
        return each.use().id(null).at(start.plusMillis(sinceStart));
    }

    /** The exporter did not take what was played. */
    public static final class DeliveryException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
