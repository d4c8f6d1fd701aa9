package io.usageexporter.recording;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.recording.UndoResult.Settled;
import io.usageexporter.recording.UndoResult.Unavailable;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Finds the event of an id, however old, and undoes it on the recorder's thread. */
record Undoing(Ledger ledger, LedgerWriter writer, LedgerExecutor executor, InstantSource clock) {
    /** Blocks. */
    UndoResult undo(String id) {
        try {
            long number = number(id);
            return number == 0
                    ? Settled.UNKNOWN
                    : LedgerExecutor.await(executor.call(
                            () -> writer.undo(number, clock.instant().truncatedTo(ChronoUnit.MILLIS))));
        } catch (LedgerException e) {
            return new Unavailable(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unavailable("the exporter is shutting down");
        }
    }

    /** The number of the newest event of this id; 0 if there is none. */
    private long number(String id) throws LedgerException, InterruptedException {
        List<RecordedEvent> known = LedgerExecutor.await(executor.call(() -> ledger.findExported(id)));
        if (known.isEmpty()) {
            known = LedgerExecutor.await(executor.call(() -> ledger.find(id)));
        }
        if (!known.isEmpty()) {
            return known.get(known.size() - 1).original();
        }
        try (LedgerReader reader = ledger.reader()) {
            return reader.newestWithId(id);
        }
    }
}
