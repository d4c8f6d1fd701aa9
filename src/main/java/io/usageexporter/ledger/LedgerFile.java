package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The files of a ledger. While it is open there are two beside the main one: the log of what was committed since it was
 * last written back ({@code -wal}), and an index of the log ({@code -shm}), which can be made from it.
 *
 * @param given as the user named it, for messages
 * @param main where the main file is, or is to be, by whatever links
 */
record LedgerFile(Path given, Path main) {
    private static final int MAX_LINKS = 40;

    static LedgerFile of(Path given) throws IOException {
        Path path = given.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(path); links++) {
            if (links == MAX_LINKS) {
                throw new IOException("its symbolic links go round in circles");
            }
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        path = path.normalize();
        Path folder = path.getParent();
        if (folder == null) {
            throw new IOException("it is a folder");
        }
        return new LedgerFile(given, realFolder(folder).resolve(Objects.requireNonNull(path.getFileName())));
    }

    private static Path realFolder(Path folder) throws IOException {
        return Files.exists(folder) ? folder.toRealPath() : folder;
    }

    /** The same file, in a folder that exists. */
    LedgerFile inFolder() throws IOException {
        Files.createDirectories(folder());
        return new LedgerFile(given, folder().toRealPath().resolve(main.getFileName()));
    }

    Path folder() {
        return Objects.requireNonNull(main.getParent());
    }

    Path log() {
        return beside("-wal");
    }

    Path index() {
        return beside("-shm");
    }

    /** What a transaction without a log would be rolled back from. */
    Path journal() {
        return beside("-journal");
    }

    private Path beside(String suffix) {
        return main.resolveSibling(main.getFileName() + suffix);
    }

    /** The size of a file; 0 when there is none. */
    static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** What they all take on the disk; the main one must be there. */
    long size() throws IOException {
        return Files.size(main) + size(log()) + size(index());
    }

    /** Tells the main file from any other, whatever its name; null when there is none. */
    @Nullable
    Object key() throws IOException {
        try {
            return Files.readAttributes(main, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** As SQLite takes it, whatever characters it has. */
    String url() {
        return "jdbc:sqlite:" + main.toUri();
    }
}
