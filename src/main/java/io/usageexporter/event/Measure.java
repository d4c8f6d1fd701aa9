package io.usageexporter.event;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an amount measures: a resource and, for tokens, their kind. The ledger holds its text form, such as
 * {@code requests} or {@code tokens.input}.
 *
 * @param resource {@code [a-z][a-z0-9_]*}
 * @param kind present exactly for {@link #TOKENS}
 */
public record Measure(String resource, @Nullable TokenKind kind) implements Comparable<Measure> {
    /** The resource whose amounts have kinds. */
    public static final String TOKENS = "tokens";

    /** The resource that defaults to 1 for each event, where a provider counts it. */
    public static final String REQUESTS = "requests";

    /** The resource of money, in US dollars. */
    public static final String USD = "usd";

    /** The resource of web searches that a provider makes for a model. */
    public static final String WEB_SEARCHES = "web_searches";

    /** Money, in US dollars. */
    public static final Measure MONEY = new Measure(USD, null);

    private static final Map<String, Measure> COMMON =
            Map.of(REQUESTS, new Measure(REQUESTS, null), WEB_SEARCHES, new Measure(WEB_SEARCHES, null), USD, MONEY);

    private static final Map<TokenKind, Measure> OF_KIND = Arrays.stream(TokenKind.values())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), kind -> new Measure(TOKENS, kind)));

    public Measure {
        if (!isResource(resource) || resource.equals(TOKENS) == (kind == null)) {
            throw new IllegalArgumentException("not a measure: " + resource + ", " + kind);
        }
    }

    /** A resource other than tokens. */
    public static Measure of(String resource) {
        Measure common = COMMON.get(resource);
        return common == null ? new Measure(resource, null) : common;
    }

    /** Tokens of one kind. */
    public static Measure tokens(TokenKind kind) {
        return Objects.requireNonNull(OF_KIND.get(kind));
    }

    /** Whether this text can name a resource. */
    public static boolean isResource(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            if (!letter && (i == 0 || (c != '_' && (c < '0' || c > '9')))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Reads what {@link #toString()} wrote. */
    public static Measure parse(String text) {
        if (!text.startsWith(TOKENS + ".")) {
            return of(text);
        }
        TokenKind kind = TokenKind.of(text.substring(TOKENS.length() + 1));
        if (kind == null) {
            throw new IllegalArgumentException("not a measure: " + text);
        }
        return tokens(kind);
    }

    /** By hand like {@link #hashCode()}, for speed: every amount of every event is added up by its measure. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Measure measure && kind == measure.kind && resource.equals(measure.resource));
    }

    @Override
    public int hashCode() {
        return 31 * resource.hashCode() + Objects.hashCode(kind);
    }

    @Override
    public int compareTo(Measure other) {
        int byResource = resource.compareTo(other.resource);
        return byResource != 0 || kind == null || other.kind == null ? byResource : kind.compareTo(other.kind);
    }

    @Override
    public String toString() {
        return kind == null ? resource : resource + "." + kind.label();
    }
}
