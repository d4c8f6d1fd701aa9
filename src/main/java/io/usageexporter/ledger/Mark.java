package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * How many events a ledger must hold, kept outside the log so that a log that is missing, cut off or another's is noticed.
 * It stands in bytes of the file's header that SQLite reserves and does not read, is written after each commit, and so
 * never runs ahead of what is on the disk. Whenever SQLite writes the log back, it may overwrite the mark by an older one
 * or none, until the next is written a moment later; the same after a power cut, since it is not flushed by itself.
 *
 * @param events the number of the newest event that is on the disk
 * @param process the id of the process that wrote it
 */
record Mark(long events, int process) {
    private static final int AT = 72;
    private static final int CHECKED = Long.BYTES + Integer.BYTES;
    private static final int BYTES = CHECKED + Integer.BYTES;

    /** @param header the first bytes of the file */
    static @Nullable Mark read(ByteBuffer header) {
        ByteBuffer bytes = header.slice(AT, BYTES);
        var mark = new Mark(bytes.getLong(0), bytes.getInt(Long.BYTES));
        return bytes.equals(mark.bytes()) ? mark : null;
    }

    /** The channel must stay open as long as SQLite has the file open: closing any drops the process's locks on it. */
    void write(FileChannel channel) throws IOException {
        ByteBuffer bytes = bytes();
        while (bytes.hasRemaining()) {
            channel.write(bytes, AT + (long) bytes.position());
        }
    }

    private ByteBuffer bytes() {
        var bytes = ByteBuffer.allocate(BYTES).putLong(events).putInt(process);
        var check = new CRC32();
        check.update(bytes.array(), 0, CHECKED);
        return bytes.putInt((int) check.getValue()).flip();
    }
}
