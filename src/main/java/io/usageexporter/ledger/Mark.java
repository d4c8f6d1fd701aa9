package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * How many events and commits a ledger must hold, kept outside the log to detect a missing, truncated or foreign log. It is stored
 * in header bytes that SQLite reserves and ignores. Being written after each commit, it is never ahead of what is on
 * disk. A checkpoint or power failure may replace it by an older mark or none until the next is written, since it is
 * not flushed by itself.
 *
 * @param events the number of the newest event on disk
 * @param process the id of the process that wrote it
 * @param commits the low bits of the number of the last commit on disk; 0 if it was written by a version without
 */
record Mark(long events, int process, int commits) {
    private static final int AT = 72;
    private static final int CHECKED = Long.BYTES + Integer.BYTES;
    private static final int COMMITS_AT = CHECKED + Integer.BYTES;
    private static final int BYTES = COMMITS_AT + Integer.BYTES;

    Mark(long events, int process, LogTable.Row last) {
        this(events, process, (int) last.written());
    }

    /** Whether a ledger lacks commits, which may be others than of events. */
    boolean isAheadOf(LogTable.Row last) {
        return commits != 0 && commits - (int) last.written() > 0;
    }

    /** @param header the first bytes of the file */
    static @Nullable Mark read(ByteBuffer header) {
        ByteBuffer bytes = header.slice(AT, BYTES);
        var mark = new Mark(bytes.getLong(0), bytes.getInt(Long.BYTES), bytes.getInt(COMMITS_AT));
        return bytes.equals(mark.bytes()) ? mark : null;
    }

    /**
     * The channel must stay open for as long as SQLite has the file open: closing any channel drops the process's
     * locks.
     */
    void write(FileChannel channel) throws IOException {
        ByteBuffer bytes = bytes();
        while (bytes.hasRemaining()) {
            channel.write(bytes, AT + (long) bytes.position());
        }
    }

    private ByteBuffer bytes() {
        var bytes = ByteBuffer.allocate(BYTES).putLong(events).putInt(process).putInt(COMMITS_AT, commits);
        var check = new CRC32();
        check.update(bytes.array(), 0, CHECKED);
        if (commits != 0) {
            check.update(bytes.array(), COMMITS_AT, Integer.BYTES);
        }
        return bytes.putInt((int) check.getValue()).rewind();
    }
}
