package io.usageexporter.client;

import io.usageexporter.httpclient.TrustedAuthorities;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a client authenticates to an exporter, and whom it trusts.
 *
 * @param token an API token; null where the client has none. Never logged.
 * @param authorities null for those that Java trusts
 */
public record ExporterAccess(
        @Nullable String token, @Nullable TrustedAuthorities authorities) {
    /** Without a token, and with the authorities that Java trusts. */
    public static final ExporterAccess NONE = new ExporterAccess(null, null);

    private static final int MAX_TOKEN = 8000;

    /** @throws IllegalArgumentException if a header cannot contain the token, which is not shown */
    public ExporterAccess {
        if (token != null
                && (token.isEmpty()
                        || token.length() > MAX_TOKEN
                        || !token.chars().allMatch(c -> c > ' ' && c < 0x7f))) {
            throw new IllegalArgumentException("a token must be one line of printable ASCII without blanks");
        }
    }

    /**
     * Reads a token from a file; null from an empty one.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public static @Nullable String readToken(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            // No more than shows that it is too long: the file may have no end.
            String token = new String(stream.readNBytes(2 * MAX_TOKEN), StandardCharsets.UTF_8).strip();
            return token.isEmpty() ? null : token;
        } catch (IOException e) {
            throw new IllegalArgumentException("the token file " + file + " cannot be read", e);
        }
    }

    /**
     * Reads the certificates of authorities from a file; null from an empty one.
     *
     * @throws IllegalArgumentException if it cannot be read, or contains something else
     */
    public static @Nullable TrustedAuthorities readAuthorities(Path file) {
        try {
            return Files.size(file) == 0 ? null : TrustedAuthorities.of(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("the CA file " + file + " cannot be read", e);
        }
    }

    @Override
    public String toString() {
        return "access of a client"; // no token
    }
}
