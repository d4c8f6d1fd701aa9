package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The header of a file, read without SQLite, which changes nothing and needs no lock. It does not reflect the log.
 * Numbers are big-endian, as in SQLite's file format.
 *
 * @param isDatabase whether it is an SQLite database at all
 * @param version {@code user_version}: the number of applied migrations
 * @param application {@code application_id}
 * @param mark null where there is none
 */
record Header(
        boolean isDatabase,
        int version,
        int application,
        @Nullable Mark mark) {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int BYTES = 100;
    private static final int VERSION_AT = 60;
    private static final int APPLICATION_AT = 68;

    /** Whether it says that it is a ledger, as all do but those of early versions. */
    boolean isMarked() {
        return LedgerState.of(application) != null;
    }

    /** Opens a ledger that must not be in use to exporters. */
    static void open(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(Integer.BYTES).putInt(0, LedgerState.OPEN.application);
        while (bytes.hasRemaining()) {
            channel.write(bytes, APPLICATION_AT + (long) bytes.position());
        }
    }

    /** The header of a file that this process does not own. */
    static Header read(LedgerFile file) throws IOException {
        try (FileChannel channel = FileChannel.open(file.main(), StandardOpenOption.READ)) {
            return read(channel);
        }
    }

    static Header read(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(BYTES);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, bytes.position()) < 0) {
                return new Header(false, 0, 0, null);
            }
        }
        var magic = new byte[MAGIC.length];
        bytes.get(0, magic);
        return new Header(
                Arrays.equals(magic, MAGIC), bytes.getInt(VERSION_AT), bytes.getInt(APPLICATION_AT), Mark.read(bytes));
    }
}
