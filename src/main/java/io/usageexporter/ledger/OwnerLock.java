package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets one process own a ledger. A lock on the file itself, whatever name or link leads to it, on a byte that SQLite does
 * not lock; the operating system drops it when the process dies, however it dies. It also drops it when the process closes
 * the file anywhere, so only SQLite, which takes care of that, opens a file that this process owns.
 */
final class OwnerLock implements AutoCloseable {
    /** An offset that SQLite never reads, writes or locks. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    /** The files that this process owns; trying to lock a file again would not show that. */
    private static final Set<Object> OWNED = ConcurrentHashMap.newKeySet();

    private final LedgerFile file;
    private final FileChannel channel;
    private final Object key;
    private FileLock lock;

    private OwnerLock(LedgerFile file, FileChannel channel, Object key, FileLock lock) {
        this.file = file;
        this.channel = channel;
        this.key = key;
        this.lock = lock;
    }

    /** Creates the file if there is none. */
    static OwnerLock take(LedgerFile file) throws IOException, LedgerException {
        rejectOlderOwner(file);
        Object known = file.key();
        if (known != null && !OWNED.add(known)) {
            throw inUse(file, ProcessHandle.current().pid());
        }
        try {
            FileChannel channel = FileChannel.open(
                    file.main(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                FileLock lock = tryLock(channel);
                if (lock == null) {
                    Mark mark = Header.read(channel).mark();
                    throw inUse(file, mark == null ? 0 : mark.process());
                }
                Object key = Objects.requireNonNull(file.key());
                OWNED.add(key);
                return new OwnerLock(file, channel, key, lock);
            } catch (IOException | LedgerException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | LedgerException e) {
            if (known != null) {
                OWNED.remove(known);
            }
            throw e;
        }
    }

    /** Earlier versions locked a separate file. */
    private static void rejectOlderOwner(LedgerFile file) throws IOException, LedgerException {
        Path older = file.main().resolveSibling(file.main().getFileName() + ".lock");
        if (!Files.exists(older)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(older, StandardOpenOption.WRITE)) {
            if (tryLock(channel) == null) {
                String owner = Files.readString(older).strip();
                throw inUse(file, owner.matches("\\d{1,9}") ? Long.parseLong(owner) : 0);
            }
            Files.deleteIfExists(older);
        }
    }

    private static LedgerException.InUse inUse(LedgerFile file, long process) {
        return new LedgerException.InUse("ledger " + file.given() + " is in use by "
                + (process == 0 ? "another process" : "process " + process)
                + "; stop it, or choose another file with --storage.path");
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false);
        } catch (OverlappingFileLockException e) {
            return null; // this process holds it
        }
    }

    /** Whether this process owns the file and therefore must not open it, which would drop the lock. */
    static boolean isOwnedHere(LedgerFile file) throws IOException {
        Object key = file.key();
        return key != null && OWNED.contains(key);
    }

    /** The channel for reading and writing the header. Not to be closed. */
    FileChannel channel() {
        return channel;
    }

    /** Takes the lock again after SQLite has opened and closed the file. */
    void renew() throws IOException, LedgerException {
        lock.release();
        FileLock again = tryLock(channel);
        if (again == null) {
            throw inUse(file, 0);
        }
        lock = again;
    }

    /** To be closed after all of SQLite's connections. */
    @Override
    public void close() throws IOException {
        OWNED.remove(key);
        channel.close();
    }
}
