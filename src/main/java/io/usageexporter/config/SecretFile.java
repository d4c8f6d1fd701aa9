package io.usageexporter.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a secret from the file that the configuration names. No message shows a secret. */
final class SecretFile {
    private SecretFile() {}

    /**
     * What the file holds, without white space around it.
     *
     * @param key of the configuration, which stands in this line
     * @param folder that the file's name is relative to
     * @return null when it cannot be used, which is added to the faults
     */
    static @Nullable Secret read(ConfigErrors faults, int line, String key, String name, Path folder) {
        Path file;
        try {
            file = folder.resolve(name);
        } catch (InvalidPathException e) {
            faults.add(line, key, Shown.text(name) + " cannot be read: it is not the name of a file");
            return null;
        }
        try {
            String text = Files.readString(file).strip();
            if (!text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                return new Secret(text);
            }
            faults.add(line, key, name + " must hold one line of printable ASCII");
        } catch (IOException e) {
            faults.add(
                    line,
                    key,
                    Shown.isSecret(name) && Files.notExists(file)
                            ? "must be the name of a file that holds the secret, not the secret itself"
                            : name + " cannot be read: " + Unreadable.why(file, e));
        }
        return null;
    }
}
