package io.usageexporter.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Explains why a file cannot be read. */
public final class Unreadable {
    private Unreadable() {}

    /** The reason, to follow {@code cannot be read:}. */
    public static String why(Path file, IOException e) {
        Path absolute = file.toAbsolutePath();
        if (e instanceof NoSuchFileException) {
            Path folder = absolute.getParent();
            boolean folderExists = folder != null && Files.isDirectory(folder);
            return folderExists ? "it does not exist" + at(file) : "folder " + folder + " does not exist";
        }
        if (e instanceof AccessDeniedException) {
            String user = System.getProperty("user.name", "?");
            return (user.equals("?") ? "this user" : "user " + user) + " may not read it" + at(file)
                    + "; change its permissions or owner";
        }
        if (Files.isDirectory(file)) {
            return "it is a folder, not a file" + at(file);
        }
        if (e instanceof CharacterCodingException) {
            return "it is not UTF-8 text" + at(file);
        }
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return Shown.oneLine(reason == null ? e.toString() : reason) + at(file);
    }

    /** The absolute path, if the given one is relative. */
    private static String at(Path file) {
        return file.isAbsolute() ? "" : " (" + file.toAbsolutePath() + ")";
    }
}
