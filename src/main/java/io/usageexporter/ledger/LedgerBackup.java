package io.usageexporter.ledger;

import io.usageexporter.ledger.LedgerReader.Verification;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Copies ledgers to backups, and backups to where a ledger is. */
public final class LedgerBackup {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Of files that SQLite has beside an open one. */
    private static final List<String> SUFFIXES = List.of("-journal", "-wal", "-shm");

    private LedgerBackup() {}

    /**
     * Copies a ledger, even while its exporter runs, to a new file, which is a complete ledger once it has this name.
     *
     * @return the number of events in it
     * @throws LedgerException also if the file exists
     */
    public static long backup(LedgerAddress ledger, Path target) throws LedgerException {
        if (ledger instanceof LedgerAddress.InFile file) {
            SqliteReader.requireExists(file.path());
        }
        SqliteDatabase.load();
        Path partial = partial(target);
        try {
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(target.toString());
            }
            if (!Files.isDirectory(Objects.requireNonNull(partial.getParent()))) {
                throw new NoSuchFileException(target.toString());
            }
            long events = ledger instanceof LedgerAddress.InFile file
                    ? LedgerCopy.copy(LedgerFile.of(file.path()), partial)
                    : LedgerMigration.copy(ledger, LedgerAddress.of(partial));
            Files.move(partial, target); // which does not replace a file
            LedgerCopy.forceFolder(target);
            return events;
        } catch (FileAlreadyExistsException e) {
            throw new LedgerException(target + " exists already; choose another file, or move that one away", e);
        } catch (NoSuchFileException e) {
            throw new LedgerException(target + " cannot be written: its folder does not exist", e);
        } catch (SQLException | IOException e) {
            Path named = ledger instanceof LedgerAddress.InFile file ? file.path() : target;
            throw LedgerErrors.of(named, "copied to " + target, e);
        } finally {
            delete(partial);
        }
    }

    /**
     * What became of a restore.
     *
     * @param backup what verifying it gave; with differences nothing was restored
     * @param previous where the ledger of before is now; null if there was none
     */
    public record Restored(Verification backup, @Nullable Path previous) {}

    /**
     * Verifies a backup, and puts a copy of it where a ledger is: into an empty database, or in place of a file, which gets
     * another name.
     *
     * @throws LedgerException.InUse while an exporter uses the file
     * @throws LedgerException also if the database has a ledger
     */
    public static Restored restore(Path backup, LedgerAddress ledger, Instant now) throws LedgerException {
        if (!Files.exists(backup)) {
            throw new LedgerException.Missing("there is no backup at " + backup);
        }
        return ledger instanceof LedgerAddress.InFile file
                ? restore(backup, file.path(), now)
                : new Restored(intoDatabase(backup, ledger), null);
    }

    private static Verification intoDatabase(Path backup, LedgerAddress database) throws LedgerException {
        Verification verification;
        try (LedgerReader reader = LedgerAddress.of(backup).read()) {
            verification = reader.verify();
        }
        if (verification.differences().isEmpty()) {
            LedgerMigration.copy(LedgerAddress.of(backup), database);
        }
        return verification;
    }

    /** A backup of this or an earlier version. */
    private static Restored restore(Path backup, Path ledger, Instant now) throws LedgerException {
        SqliteDatabase.load();
        try {
            LedgerFile source = LedgerFile.of(backup);
            LedgerFile file = LedgerFile.of(ledger).withFolder();
            if (source.main().equals(file.main())) {
                throw new LedgerException(backup + " is the ledger itself; give another file");
            }
            OwnerLock lock = OwnerLock.take(file);
            try {
                return restore(source, file, now);
            } finally {
                if (isEmpty(file)) {
                    Files.deleteIfExists(file.main()); // which the lock has created
                }
                lock.close();
            }
        } catch (SQLException | IOException e) {
            throw LedgerErrors.of(ledger, "replaced by " + backup, e);
        }
    }

    private static Restored restore(LedgerFile source, LedgerFile file, Instant now)
            throws IOException, SQLException, LedgerException {
        Path partial = partial(file.main());
        try {
            Verification verification = prepare(source, partial);
            if (!verification.differences().isEmpty()) {
                return new Restored(verification, null);
            }
            Path previous = isEmpty(file) ? null : keep(file, now);
            Files.move(partial, file.main(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.deleteIfExists(file.log()); // of the ledger of before, as are the others
            Files.deleteIfExists(file.index());
            Files.deleteIfExists(file.journal());
            LedgerCopy.forceFolder(file.main());
            return new Restored(verification, previous);
        } finally {
            delete(partial);
        }
    }

    /** Copies a backup, brings the copy to the current version and verifies it. */
    private static Verification prepare(LedgerFile source, Path partial)
            throws IOException, SQLException, LedgerException {
        LedgerCopy.copy(source, partial);
        LedgerAddress.of(partial).open().close();
        try (LedgerReader reader = LedgerAddress.of(partial).read()) {
            return reader.verify();
        }
    }

    /** Whether there is no ledger. */
    private static boolean isEmpty(LedgerFile file) throws IOException {
        return LedgerFile.size(file.main()) == 0 && LedgerFile.size(file.log()) == 0;
    }

    /** Gives the current files a second name, under which they stay. The first stays too, until it is replaced. */
    private static Path keep(LedgerFile file, Instant now) throws IOException {
        Path previous = file.main().resolveSibling(file.main().getFileName() + ".before-" + TIME.format(now));
        for (String suffix : new String[] {"", "-wal", "-journal"}) {
            Path current = file.main().resolveSibling(file.main().getFileName() + suffix);
            if (Files.exists(current)) {
                link(current, previous.resolveSibling(previous.getFileName() + suffix));
            }
        }
        return previous;
    }

    private static void link(Path existing, Path name) throws IOException {
        try {
            Files.createLink(name, existing);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | IOException e) { // not every file system has links
            Files.copy(existing, name);
        }
    }

    private static Path partial(Path target) {
        return target.toAbsolutePath()
                .resolveSibling(
                        target.getFileName() + "." + ProcessHandle.current().pid() + ".partial");
    }

    private static void delete(Path partial) {
        try {
            Files.deleteIfExists(partial);
            for (String suffix : SUFFIXES) {
                Files.deleteIfExists(partial.resolveSibling(partial.getFileName() + suffix));
            }
        } catch (IOException e) {
            // Its name says what it is.
        }
    }
}
