package io.usageexporter.ledger;

/** Says which of the exporters that share a ledger does the work that only one of them may do. Thread-safe. */
public interface Lease {
    /** The lease of a ledger that is not shared. */
    Lease OWN = () -> true;

    /** Whether this exporter does it at the moment. */
    boolean isHeld();

    /** From now on takes it whenever no other exporter holds it. */
    default void start() {}
}
