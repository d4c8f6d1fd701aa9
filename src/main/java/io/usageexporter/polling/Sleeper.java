package io.usageexporter.polling;

import java.time.Duration;

/** How a thread rests between two tries; a test has a quicker one. */
@FunctionalInterface
public interface Sleeper {
    /** Sleeps. */
    Sleeper SLEEP = duration -> Thread.sleep(duration.toMillis());

    /** Returns when the time has passed. */
    void rest(Duration duration) throws InterruptedException;
}
