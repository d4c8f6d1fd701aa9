package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The files of a ledger. While open it has two more: the log of commits since the last checkpoint ({@code -wal}) and an
 * index of that log ({@code -shm}), which can be rebuilt.
 *
 * @param given as the user named it, for messages
 * @param main where the main file is or will be, with links resolved
 */
record LedgerFile(Path given, Path main) {
    private static final int MAX_LINKS = 40;

    static LedgerFile of(Path given) throws IOException {
        Path path = given.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(path); links++) {
            if (links == MAX_LINKS) {
                throw new IOException("its symbolic links form a loop");
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
    LedgerFile withFolder() throws IOException {
        Files.createDirectories(folder());
        return new LedgerFile(given, folder().toRealPath().resolve(main.getFileName()));
    }

    Path folder() {
        return Objects.requireNonNull(main.getParent());
    }

    Path log() {
        return sibling("-wal");
    }

    Path index() {
        return sibling("-shm");
    }

    /** The rollback journal of a transaction without a log. */
    Path journal() {
        return sibling("-journal");
    }

    private Path sibling(String suffix) {
        return main.resolveSibling(main.getFileName() + suffix);
    }

    /** The size of a file; 0 if there is none. */
    static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** The size of all files; the main one must exist. */
    long size() throws IOException {
        return Files.size(main) + size(log()) + size(index());
    }

    /** Identifies the main file, whatever its name; null if there is none. */
    @Nullable
    Object key() throws IOException {
        try {
            return Files.readAttributes(main, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** The JDBC URL, with special characters encoded. */
    String url() {
        return "jdbc:sqlite:" + main.toUri();
    }
}
