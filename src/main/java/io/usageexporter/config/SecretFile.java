package io.usageexporter.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a secret from the file that the configuration names. No message shows a secret. */
final class SecretFile {
    private static final int MAX_KIB = 64;

    private SecretFile() {}

    /**
     * Reads the stripped contents of the file.
     *
     * @param key the configuration key, on this line
     * @param folder the base of relative file names
     * @return null if it cannot be used, which is added to the errors
     */
    static @Nullable Secret read(ConfigErrors errors, int line, String key, String name, Path folder) {
        Path file;
        try {
            file = folder.resolve(name);
        } catch (InvalidPathException e) {
            errors.add(line, key, Shown.text(name) + " cannot be read: it is not a valid file name");
            return null;
        }
        try {
            String text = BoundedFile.read(file, MAX_KIB).strip();
            if (!text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                return new Secret(text);
            }
            errors.add(line, key, name + " must contain one line of printable ASCII");
        } catch (IOException e) {
            errors.add(
                    line,
                    key,
                    Shown.isSecret(name) && Files.notExists(file)
                            ? "must be the name of a file that contains the secret, not the secret itself"
                            : name + " cannot be read: " + Unreadable.why(file, e));
        }
        return null;
    }
}
