package io.usageexporter.polling;

import java.time.Duration;

/** How a thread waits; tests have a quicker one. */
@FunctionalInterface
public interface Sleeper {
    /** Sleeps. */
    Sleeper SLEEP = duration -> Thread.sleep(duration.toMillis());

    /** Returns when the time has passed. */
    void sleep(Duration duration) throws InterruptedException;
}
