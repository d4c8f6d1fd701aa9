package io.usageexporter.gateway;

import io.usageexporter.provider.PlanWindow;
import io.usageexporter.provider.PlanWindowState;
import io.usageexporter.quota.ShareForecast;
import io.usageexporter.quota.ShareForecast.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What responses reported of one window of a subscription, in bounded memory: a point every ten minutes. Not thread-safe. */
final class PlanWindowHistory {
    private static final Duration SPACING = Duration.ofMinutes(10);

    /** By how much the reported resets of one window may differ. */
    private static final Duration SAME_RESET = Duration.ofMinutes(1);

    /** How long a window without a reset is kept. */
    private static final Duration DEFAULT_PERIOD = Duration.ofHours(1);

    private final List<Point> points = new ArrayList<>();
    private PlanWindow latest;
    private Instant at;

    PlanWindowHistory(PlanWindow first, Instant at) {
        this.latest = first;
        this.at = at;
        begin();
        add();
    }

    /** Ignores what is older than the latest. */
    void put(PlanWindow window, Instant reportedAt) {
        if (reportedAt.isBefore(at)) {
            return;
        }
        boolean same = isSameReset(latest.reset(), window.reset());
        latest = window;
        at = reportedAt;
        if (!same) {
            points.clear();
            begin();
        }
        add();
    }

    private static boolean isSameReset(@Nullable Instant a, @Nullable Instant b) {
        return (a == null || b == null)
                ? Objects.equals(a, b)
                : Duration.between(a, b).abs().compareTo(SAME_RESET) <= 0;
    }

    /** Where the length of the window is known, nothing of it was used when it began. */
    private void begin() {
        if (latest.reset() != null && latest.length() != null) {
            Instant start = latest.reset().minus(latest.length());
            if (start.isBefore(at)) {
                points.add(new Point(start, 0));
            }
        }
    }

    private void add() {
        double share = latest.used().doubleValue();
        points.removeIf(point -> point.share() > share);
        int size = points.size();
        if (size > 0 && points.get(size - 1).share() >= 1) {
            return; // all of it was used by then
        }
        if (size > 1
                && Duration.between(
                                        points.get(size - 2).at(),
                                        points.get(size - 1).at())
                                .compareTo(SPACING)
                        < 0) {
            points.remove(size - 1);
        }
        points.add(new Point(at, share));
        Instant oldest = at.minus(ShareForecast.MAX_PAST);
        while (points.size() > 2 && !points.get(1).at().isAfter(oldest)) {
            points.remove(0);
        }
    }

    boolean isOver(Instant now) {
        return !now.isBefore(latest.reset() == null ? at.plus(DEFAULT_PERIOD) : latest.reset());
    }

    /** The number of points kept. */
    int points() {
        return points.size();
    }

    Instant reportedAt() {
        return at;
    }

    /** Only a window that the latest response reported can be the binding one. */
    PlanWindowState state(Instant now, Instant latestResponse) {
        return new PlanWindowState(
                latest,
                latest.isBinding() && at.equals(latestResponse),
                at,
                ShareForecast.of(points, latest.reset(), now));
    }
}
