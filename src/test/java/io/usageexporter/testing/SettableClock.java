package io.usageexporter.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until a test sets it. Thread-safe. */
public final class SettableClock implements InstantSource {
    private volatile Instant now;

    public SettableClock(String now) {
        this.now = Instant.parse(now);
    }

    public void set(Instant instant) {
        now = instant;
    }

    public void advance(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public Instant instant() {
        return now;
    }
}
