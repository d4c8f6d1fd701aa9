package io.usageexporter.client;

import org.jspecify.annotations.Nullable;

/** An event that was accepted here and is not known to be recorded by the exporter. Equal only to itself. */
final class QueuedEvent {
    private final long number;
    private final UsageRecord record;
    private byte @Nullable [] json;

    /**
     * @param number its position in the order of acceptance
     * @param record with an id and an instant
     */
    QueuedEvent(long number, UsageRecord record) {
        this.number = number;
        this.record = record;
    }

    long number() {
        return number;
    }

    /**
     * The event as JSON, the same each time. Called by the sender only.
     *
     * @throws io.usageexporter.event.InvalidEventException if the record is invalid
     */
    byte[] json() {
        if (json == null) {
            json = EventWriter.write(record);
        }
        return json;
    }
}
