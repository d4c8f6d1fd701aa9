package io.usageexporter.client;

import org.jspecify.annotations.Nullable;

/** A use that was taken here and is not known to be recorded by the exporter. Equal only to itself. */
final class QueuedEvent {
    private final long number;
    private final UsageRecord use;
    private byte @Nullable [] event;

    /**
     * @param number its place in the order of taking
     * @param use with an id and an instant
     */
    QueuedEvent(long number, UsageRecord use) {
        this.number = number;
        this.use = use;
    }

    long number() {
        return number;
    }

    /**
     * The event as JSON, the same each time. To be called by one thread.
     *
     * @throws io.usageexporter.event.InvalidEventException when the use can be no event
     */
    byte[] event() {
        if (event == null) {
            event = EventWriter.write(use);
        }
        return event;
    }
}
