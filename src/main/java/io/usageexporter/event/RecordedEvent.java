package io.usageexporter.event;

import java.time.Instant;

/**
 * An event as the ledger holds it.
 *
 * @param number its position in the ledger, from 1, in the order of recording
 * @param received when it was recorded, to the millisecond
 * @param source how it was received
 * @param amends the number of the earlier event to whose amounts this one adds; 0 if it amends none
 * @param counted the pricing of its series: that of the event, and what was derived from amounts when it was recorded
 * @param isDetailed whether its consumer and pricing were kept; false for events of earlier versions
 */
public record RecordedEvent(
        long number,
        UsageEvent event,
        Instant received,
        Source source,
        long amends,
        Pricing counted,
        boolean isDetailed) {
    /** An event that amends no other, and from whose amounts nothing is derived. */
    public RecordedEvent(long number, UsageEvent event, Instant received, Source source) {
        this(number, event, received, source, 0, event.pricing());
    }

    /** An event with all its details. */
    public RecordedEvent(long number, UsageEvent event, Instant received, Source source, long amends, Pricing counted) {
        this(number, event, received, source, amends, counted, true);
    }

    /** Whether an event with the same id is a repeat, as far as is known. */
    public boolean isRepeatedBy(UsageEvent other) {
        return event.isSameAs(isDetailed ? other : other.withoutDetails(event.usage()));
    }

    /**
     * Whether an event is what an export makes of this one.
     *
     * @param total its amounts with those of its amendments
     */
    public boolean isExportedAs(UsageEvent other, Usage total) {
        String id = other.id();
        return id != null && exported(id, total).isSameAs(other);
    }

    /**
     * The event as an export shows it.
     *
     * @param id which it gets unless it has one
     * @param total its amounts with those of its amendments
     */
    public UsageEvent exported(String id, Usage total) {
        return event.as(id, at(), total);
    }

    /** Whether it only adds to an event that is already counted. */
    public boolean isAmendment() {
        return amends != 0;
    }

    /** The number of the event that it is, or that it adds to. */
    public long original() {
        return isAmendment() ? amends : number;
    }

    /** When the usage happened according to the sender; if unknown, when it was recorded. */
    public Instant at() {
        Instant given = event.at();
        return given == null ? received : given;
    }
}
