package io.usageexporter.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedSet;

/**
 * A token of the HTTP API, known by its hash only.
 *
 * @param name for messages
 * @param sha256 of the token, in lower-case hexadecimal
 * @param scopes what it may do
 * @param consumer for whom it records, whatever an event says; empty where the event decides
 */
public record ApiToken(String name, String sha256, SortedSet<Scope> scopes, String consumer) {
    /** The hash of a token. */
    public static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Whether this is the hash of the token, in constant time. */
    public boolean isHashedAs(String hash) {
        return MessageDigest.isEqual(
                sha256.getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
    }
}
