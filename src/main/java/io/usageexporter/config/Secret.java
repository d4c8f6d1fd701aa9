package io.usageexporter.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A key or token. Its text form does not show it. */
public final class Secret {
    private final String text;

    /** @param text not empty */
    public Secret(String text) {
        this.text = text;
    }

    /** The secret itself, for a request's header only. */
    public String reveal() {
        return text;
    }

    /** Whether somebody knows it; takes the same time however much of it is right. */
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
