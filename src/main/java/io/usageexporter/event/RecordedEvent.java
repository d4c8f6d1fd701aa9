package io.usageexporter.event;

import java.time.Instant;

/**
 * An event as the ledger holds it.
 *
 * @param number its place in the ledger, from 1, in the order of recording
 * @param received when it was recorded, to the millisecond
 * @param source how it came in
 * @param raises the number of the event of the same use to whose amounts this one adds; 0 for a use of its own
 */
public record RecordedEvent(long number, UsageEvent event, Instant received, Source source, long raises) {
    /** A use of its own. */
    public RecordedEvent(long number, UsageEvent event, Instant received, Source source) {
        this(number, event, received, source, 0);
    }

    /** Whether it only adds to a use that is counted already. */
    public boolean isRaise() {
        return raises != 0;
    }

    /** When the use was: what the sender said, or else when it was recorded. */
    public Instant at() {
        Instant given = event.at();
        return given == null ? received : given;
    }
}
