package io.usageexporter.ingest;

import java.util.List;

/** A posted body of which nothing is recorded. */
public final class InvalidBodyException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * One bad event of a batch.
     *
     * @param index its place in the batch, from 0
     * @param detail what is wrong and what is allowed
     */
    public record Fault(int index, String detail) {}

    private final transient List<Fault> faults;
    private final int events;
    private final boolean tooLarge;
    private final int withoutRoom;

    private InvalidBodyException(String detail, List<Fault> faults, int events, boolean tooLarge, int withoutRoom) {
        super(detail, null, false, false);
        this.faults = List.copyOf(faults);
        this.events = events;
        this.tooLarge = tooLarge;
        this.withoutRoom = withoutRoom;
    }

    /** A body that is not what it should be as a whole. */
    static InvalidBodyException malformed(String detail) {
        return new InvalidBodyException(detail, List.of(), 1, false, 0);
    }

    /** An event that is larger than allowed. */
    static InvalidBodyException tooLarge(String detail) {
        return new InvalidBodyException(detail, List.of(), 1, true, 0);
    }

    /** A batch with bad events in it. */
    static InvalidBodyException faulty(String detail, List<Fault> faults, int events) {
        return new InvalidBodyException(detail, faults, events, false, 0);
    }

    /** A batch that holds more events than there is memory for; of these many more. */
    static InvalidBodyException noRoom(int more) {
        return new InvalidBodyException("no memory for " + more + " more events", List.of(), 1, false, more);
    }

    /** The bad events of a batch, by index; empty when the body is at fault, or is a single event. */
    public List<Fault> faults() {
        return faults;
    }

    /** How many events were refused, as far as they could be counted. */
    public int events() {
        return events;
    }

    /** Whether size is what is wrong. */
    public boolean isTooLarge() {
        return tooLarge;
    }

    /** For how many more events there was no memory; 0 when that is not what is wrong. */
    public int withoutRoom() {
        return withoutRoom;
    }
}
