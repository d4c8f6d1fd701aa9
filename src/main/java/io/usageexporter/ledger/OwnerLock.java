package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets one process own a ledger file. A lock on a file beside it, since SQLite's own locks come and go with each
 * transaction; the operating system drops it when the process dies, however it dies. The file itself stays: to delete
 * it would let two owners lock two files of the same name.
 */
final class OwnerLock implements AutoCloseable {
    private final FileChannel channel;

    private OwnerLock(FileChannel channel) {
        this.channel = channel;
    }

    static OwnerLock take(Path ledger) throws LedgerException {
        try {
            Path file = lockFile(ledger);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new LedgerException.InUse("ledger " + ledger + " is in use by process " + owner(file)
                        + "; stop it, or choose another file with --storage.path");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            return new OwnerLock(channel);
        } catch (IOException e) {
            throw new LedgerException("ledger " + ledger + " cannot be locked", e);
        }
    }

    /** Beside the file itself, by whatever links it is reached. */
    private static Path lockFile(Path ledger) throws IOException {
        Path folder = Objects.requireNonNull(ledger.toAbsolutePath().getParent());
        Path file =
                Files.exists(ledger) ? ledger.toRealPath() : folder.toRealPath().resolve(ledger.getFileName());
        return file.resolveSibling(file.getFileName() + ".lock");
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // this very process holds it
        }
    }

    private static String owner(Path file) throws IOException {
        String pid = Files.readString(file).strip();
        return pid.isEmpty() ? "(unknown)" : pid;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
