package io.usageexporter.event;

import java.time.Instant;

/**
 * An event as the ledger holds it.
 *
 * @param number its place in the ledger, from 1, in the order of recording
 * @param received when it was recorded, to the millisecond
 * @param source how it came in
 */
public record RecordedEvent(long number, UsageEvent event, Instant received, Source source) {
    /** When the use was: what the sender said, or else when it was recorded. */
    public Instant at() {
        Instant given = event.at();
        return given == null ? received : given;
    }
}
