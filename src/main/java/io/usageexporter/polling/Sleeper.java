package io.usageexporter.polling;

import java.time.Duration;

/** How a thread waits; tests wait less. */
@FunctionalInterface
public interface Sleeper {
    /** {@link Thread#sleep}. */
    Sleeper SLEEP = duration -> Thread.sleep(duration.toMillis());

    /** Returns when the duration has passed. */
    void sleep(Duration duration) throws InterruptedException;
}
