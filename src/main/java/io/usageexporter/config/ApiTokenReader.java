package io.usageexporter.config;

import io.usageexporter.event.TextRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the tokens of the HTTP API. No message shows a value where a token may have been given by mistake. */
final class ApiTokenReader {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final String HOW = "; print a new token and its hash by: usage-exporter token NAME";

    private ApiTokenReader() {}

    static List<ApiToken> read(List<ConfigSection> items) {
        var tokens = new ArrayList<ApiToken>();
        var names = new HashSet<String>();
        var hashes = new HashSet<String>();
        for (ConfigSection item : items) {
            String name = once(item, "name", ApiTokenReader::label, names);
            String sha256 = once(item, "sha256", ApiTokenReader::sha256, hashes);
            List<String> scopes = item.texts(
                    "scopes",
                    List.of(),
                    Scope.LABELS::contains,
                    "must contain one or more of " + String.join(", ", Scope.LABELS) + ", each once");
            String consumer = item.parse("consumer", ApiTokenReader::consumer);
            if (scopes.isEmpty()) {
                item.fault("a token needs scopes: one or more of " + String.join(", ", Scope.LABELS));
            }
            item.rejectUnknownKeys();
            var allowed = new TreeSet<Scope>();
            scopes.stream().map(Scope::of).forEach(allowed::add);
            tokens.add(new ApiToken(
                    name == null ? "" : name,
                    sha256 == null ? "" : sha256,
                    Collections.unmodifiableSortedSet(allowed),
                    consumer == null ? "" : consumer));
        }
        return List.copyOf(tokens);
    }

    /** A value that each token has, and no other one. */
    private static @Nullable String once(
            ConfigSection item, String key, ConfigSection.TextParser<String> parser, Set<String> seen) {
        boolean isGiven = item.names().contains(key);
        String value = item.parse(key, parser);
        if (!isGiven) {
            item.fault(key + " is required" + HOW);
        } else if (value != null && !seen.add(value)) {
            item.fault(key + " is that of another token" + HOW);
        }
        return value;
    }

    private static String label(String text) throws InvalidValueException {
        if (text.isEmpty() || !TextRule.LABEL.isValid(text)) {
            throw new InvalidValueException("must be text of 1 to 100 characters");
        }
        return text;
    }

    private static String sha256(String text) throws InvalidValueException {
        String hash = text.toLowerCase(Locale.ROOT);
        if (!SHA256.matcher(hash).matches()) {
            throw new InvalidValueException("must be the SHA-256 of a token, 64 hexadecimal digits" + HOW);
        }
        return hash;
    }

    private static String consumer(String text) throws InvalidValueException {
        if (!TextRule.LABEL.sanitize(text).equals(label(text))) {
            throw new InvalidValueException("must be text of 1 to 100 characters without space at its ends");
        }
        return text;
    }
}
