package io.usageexporter.ingest;

import java.util.List;

/** A posted body that is rejected. */
public final class InvalidBodyException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * An invalid event of a batch.
     *
     * @param index its position in the batch, from 0
     * @param detail what is wrong and what is allowed
     */
    public record Fault(int index, String detail) {}

    private final transient List<Fault> faults;
    private final int events;
    private final boolean tooLarge;
    private final int eventsWithoutMemory;

    private InvalidBodyException(
            String detail, List<Fault> faults, int events, boolean tooLarge, int eventsWithoutMemory) {
        super(detail, null, false, false);
        this.faults = List.copyOf(faults);
        this.events = events;
        this.tooLarge = tooLarge;
        this.eventsWithoutMemory = eventsWithoutMemory;
    }

    /** A body that is invalid itself, not just some of its events. */
    static InvalidBodyException malformed(String detail) {
        return new InvalidBodyException(detail, List.of(), 1, false, 0);
    }

    /** An event that is larger than allowed. */
    static InvalidBodyException tooLarge(String detail) {
        return new InvalidBodyException(detail, List.of(), 1, true, 0);
    }

    /** A batch with invalid events. */
    static InvalidBodyException faulty(String detail, List<Fault> faults, int events) {
        return new InvalidBodyException(detail, faults, events, false, 0);
    }

    /** A batch with this many more events than there is memory for. */
    static InvalidBodyException outOfMemory(int more) {
        return new InvalidBodyException("no memory for " + more + " more events", List.of(), 1, false, more);
    }

    /** The invalid events of a batch, by index; empty if the body itself is invalid or a single event. */
    public List<Fault> faults() {
        return faults;
    }

    /** How many events were rejected, as far as they could be counted. */
    public int events() {
        return events;
    }

    /** Whether it is too large. */
    public boolean isTooLarge() {
        return tooLarge;
    }

    /** For how many more events there was no memory; 0 if that is not the reason. */
    public int eventsWithoutMemory() {
        return eventsWithoutMemory;
    }
}
