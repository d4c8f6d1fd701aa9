package io.usageexporter.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A key or token, hidden in its text form. */
public final class Secret {
    private final String text;

    /** @param text not empty */
    public Secret(String text) {
        this.text = text;
    }

    /** The secret itself, only for use in request headers. */
    public String reveal() {
        return text;
    }

    /** Whether the attempt equals the secret, in constant time. */
    public boolean matches(String attempt) {
        return MessageDigest.isEqual(text.getBytes(StandardCharsets.UTF_8), attempt.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && matches(secret.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
