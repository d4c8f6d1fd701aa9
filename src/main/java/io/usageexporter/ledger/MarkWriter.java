package io.usageexporter.ledger;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;

/** Writes the {@link Mark} of a ledger. */
final class MarkWriter {
    private static final Logger LOG = System.getLogger(MarkWriter.class.getName());

    private final LedgerFile file;
    private final FileChannel channel;
    private boolean failing;

    MarkWriter(LedgerFile file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Failing does not undo the commit; the mark is then behind. */
    void write(long events, LogTable.Row last) {
        try {
            new Mark(events, (int) ProcessHandle.current().pid(), last).write(channel);
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                failing = true;
                LOG.log(
                        Level.WARNING,
                        "cannot write the event count into the header of ledger {0}: {1}",
                        file.given(),
                        e.getMessage());
            }
        }
    }
}
