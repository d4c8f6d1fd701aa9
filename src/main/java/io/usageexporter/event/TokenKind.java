package io.usageexporter.event;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The disjoint kinds of tokens; their sum is all tokens. Declared in the order in which they are shown. */
public enum TokenKind {
    INPUT("input"),
    OUTPUT("output"),
    CACHE_READ("cache_read"),
    CACHE_WRITE_5M("cache_write_5m"),
    CACHE_WRITE_1H("cache_write_1h"),
    /** Tokens given as a plain number. */
    UNSPECIFIED("unspecified");

    private static final Map<String, TokenKind> BY_LABEL =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(TokenKind::label, Function.identity()));

    private final String label;

    TokenKind(String label) {
        this.label = label;
    }

    /** The name in JSON, in the configuration and in the {@code kind} label. */
    public String label() {
        return label;
    }

    /** Whether these are tokens of a prompt. */
    public boolean isPrompt() {
        return switch (this) {
            case INPUT, CACHE_READ, CACHE_WRITE_5M, CACHE_WRITE_1H -> true;
            case OUTPUT, UNSPECIFIED -> false;
        };
    }

    /** The kind of this name, or null. */
    public static @Nullable TokenKind of(String label) {
        return BY_LABEL.get(label);
    }
}
