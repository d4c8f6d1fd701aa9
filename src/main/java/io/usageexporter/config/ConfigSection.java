package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.config.YamlNode.Mapping;
import io.usageexporter.config.YamlNode.Scalar;
import io.usageexporter.config.YamlNode.Sequence;
import io.usageexporter.event.Decimals;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys of a mapping. Each is to be read once; {@link #rejectUnknownKeys()} then reports the others. */
public final class ConfigSection {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9_]{0,30}(\\.[0-9]{1,20})?([eE]\\+?[0-9]{1,2})?");
    private static final Pattern DURATION = Pattern.compile("[0-9]{1,6}[smhd]");
    private static final Pattern UPSTREAM = Pattern.compile("https?://[^/?#@\\s]+(/[^?#\\s]*)?");
    private static final int MAX_LENGTH = 100;
    private static final int MAX_PORT = 65_535;

    private final ConfigErrors errors;
    private final String path;
    private final int line;
    private final boolean absent;
    private final Map<String, YamlNode> remaining;
    private final List<String> known = new ArrayList<>();

    ConfigSection(ConfigErrors errors, String path, @Nullable YamlNode node) {
        this.errors = errors;
        this.path = path;
        this.absent = node == null || (node instanceof Scalar scalar && scalar.token() == JsonToken.VALUE_NULL);
        this.line = node == null ? 1 : node.line();
        this.remaining =
                node instanceof Mapping mapping ? new LinkedHashMap<>(mapping.entries()) : new LinkedHashMap<>();
        if (!absent && !(node instanceof Mapping)) {
            fault("must be a mapping of keys to values" + Shown.butIs(path, Objects.requireNonNull(node)));
        }
    }

    public boolean isAbsent() {
        return absent;
    }

    public List<String> names() {
        return List.copyOf(remaining.keySet());
    }

    public void fault(String message) {
        errors.add(line, path, message);
    }

    public void warn(String message) {
        errors.warn(line, path, message);
    }

    /** Warns about a key that has not been read yet. */
    public void warnAt(String key, String message) {
        YamlNode node = remaining.get(key);
        errors.warn(node == null ? line : node.line(), child(key), message);
    }

    /** Adds an error about a key that has not been read yet. */
    public void faultAt(String key, String message) {
        YamlNode node = remaining.get(key);
        errors.add(node == null ? line : node.line(), child(key), message);
    }

    public ConfigSection sub(String key) {
        return new ConfigSection(errors, child(key), take(key));
    }

    public String text(String key, String defaultValue) {
        YamlNode node = take(key);
        if (node == null) {
            return defaultValue;
        }
        if (node instanceof Scalar scalar && scalar.token() != JsonToken.VALUE_NULL && isLabel(scalar.text())) {
            return scalar.text();
        }
        return wrong(node, key, "must be text of 1 to 100 characters", defaultValue);
    }

    @Nullable
    public String textOrNull(String key) {
        String text = text(key, "");
        return text.isEmpty() ? null : text;
    }

    /** Whether a key has exactly this text. Only then the key counts as read. */
    boolean consumeIfEquals(String key, String text) {
        boolean matches =
                remaining.get(key) instanceof Scalar scalar && scalar.text().equals(text);
        if (matches) {
            take(key);
        }
        return matches;
    }

    /** One of these texts; null where none is given. */
    @Nullable
    String oneOf(String key, List<String> allowed) {
        if (allowed.isEmpty()) {
            return null;
        }
        YamlNode node = take(key);
        if (node == null || (node instanceof Scalar scalar && allowed.contains(scalar.text()))) {
            return node == null ? null : ((Scalar) node).text();
        }
        errors.add(node.line(), child(key), "must be " + String.join(" or ", allowed) + Shown.butIs(child(key), node));
        return null;
    }

    /** The name of an enum constant in lower case. */
    <E extends Enum<E>> E choice(String key, E defaultValue, E[] values) {
        YamlNode node = take(key);
        if (node == null) {
            return defaultValue;
        }
        for (E value : values) {
            if (node instanceof Scalar scalar && scalar.text().equals(name(value))) {
                return value;
            }
        }
        String names = Stream.of(values).map(ConfigSection::name).collect(Collectors.joining(" or "));
        return wrong(node, key, "must be " + names, defaultValue);
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A duration such as 30s, 5m, 1h or 1d. */
    public Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        YamlNode node = take(key);
        if (node == null) {
            return defaultValue;
        }
        if (node instanceof Scalar scalar && DURATION.matcher(scalar.text()).matches()) {
            String text = scalar.text().toUpperCase(Locale.ROOT);
            Duration duration = Duration.parse(text.endsWith("D") ? "P" + text : "PT" + text);
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        }
        String allowed = "must be a duration from " + min.toSeconds() + "s to " + max.toHours() + "h, such as 5m";
        return wrong(node, key, allowed, defaultValue);
    }

    /** The base URL of an API, without query and trailing slashes. */
    public URI upstream(String key, URI defaultValue) {
        YamlNode node = take(key);
        if (node == null) {
            return defaultValue;
        }
        try {
            if (node instanceof Scalar scalar && UPSTREAM.matcher(scalar.text()).matches()) {
                URI uri = new URI(scalar.text().replaceFirst("/+$", ""));
                if (uri.getHost() != null && uri.getPort() <= MAX_PORT) {
                    return uri;
                }
            }
        } catch (URISyntaxException e) {
            // Falls through to the error, which says more than the exception.
        }
        return wrong(node, key, "must be http:// or https:// and a host, with an optional port and path", defaultValue);
    }

    /**
     * The stripped contents of the named file. Required.
     *
     * @param folder the base of relative file names
     */
    @Nullable
    public Secret secret(String key, Path folder) {
        YamlNode node = take(key);
        if (node instanceof Scalar scalar && !scalar.text().isEmpty() && scalar.token() != JsonToken.VALUE_NULL) {
            return SecretFile.read(errors, node.line(), child(key), scalar.text(), folder);
        }
        errors.add(node == null ? line : node.line(), child(key), "is required: the name of a file");
        return null;
    }

    /** A list of distinct texts. */
    public List<String> texts(String key, List<String> defaultValue) {
        return texts(key, defaultValue, text -> true, "must contain texts of 1 to 100 characters, each once");
    }

    /**
     * A list of distinct texts.
     *
     * @param rule what is allowed, for the error message
     */
    public List<String> texts(String key, List<String> defaultValue, Predicate<String> allowed, String rule) {
        YamlNode node = take(key);
        if (node == null) {
            return defaultValue;
        }
        var texts = new ArrayList<String>();
        if (node instanceof Sequence sequence) {
            for (YamlNode item : sequence.items()) {
                String text = item instanceof Scalar scalar && isLabel(scalar.text()) ? scalar.text() : "";
                if (!text.isEmpty() && allowed.test(text) && !texts.contains(text)) {
                    texts.add(text);
                } else {
                    wrong(item, key, rule, texts);
                }
            }
            return texts;
        }
        return wrong(node, key, "must be a list, such as [a, b]", defaultValue);
    }

    public BigDecimal number(String key, BigDecimal defaultValue, BigDecimal max) {
        YamlNode node = take(key);
        if (node == null) {
            return defaultValue;
        }
        BigDecimal number = number(node);
        if (number != null && number.signum() >= 0 && number.compareTo(max) <= 0) {
            return number;
        }
        return wrong(node, key, "must be a number from 0 to " + Decimals.plain(max), defaultValue);
    }

    public int wholeNumber(String key, int defaultValue, int min, int max) {
        YamlNode node = take(key);
        if (node == null) {
            return defaultValue;
        }
        BigDecimal number = number(node);
        if (number != null
                && number.compareTo(BigDecimal.valueOf(min)) >= 0
                && number.compareTo(BigDecimal.valueOf(max)) <= 0
                && number.stripTrailingZeros().scale() <= 0) {
            return number.intValueExact();
        }
        return wrong(node, key, "must be a whole number from " + min + " to " + max, defaultValue);
    }

    private static @Nullable BigDecimal number(YamlNode node) {
        return node instanceof Scalar scalar
                        && scalar.token().isNumeric()
                        && NUMBER.matcher(scalar.text()).matches()
                ? new BigDecimal(scalar.text().replace("_", ""))
                : null;
    }

    ZoneId zone(String key, ZoneId defaultValue) {
        YamlNode node = take(key);
        if (node == null) {
            return defaultValue;
        }
        try {
            if (node instanceof Scalar scalar) {
                return ZoneId.of(scalar.text());
            }
        } catch (DateTimeException e) {
            // Falls through to the error, which says more than the exception.
        }
        return wrong(node, key, "must be a time zone, such as UTC, Europe/Berlin or +05:45", defaultValue);
    }

    /** Adds an error for each key that has not been read. */
    public void rejectUnknownKeys() {
        remaining.forEach((key, node) -> errors.add(
                node.line(),
                child(key),
                "unknown key; allowed here: " + String.join(", ", known) + Spelling.question(key, known)));
    }

    /** @param rule what is allowed */
    private <T extends @Nullable Object> T wrong(YamlNode node, String key, String rule, T defaultValue) {
        errors.add(node.line(), child(key), rule + Shown.butIs(child(key), node));
        return defaultValue;
    }

    private @Nullable YamlNode take(String key) {
        known.add(key);
        return remaining.remove(key);
    }

    private String child(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean isLabel(String text) {
        return !text.isEmpty()
                && text.codePointCount(0, text.length()) <= MAX_LENGTH
                && text.codePoints().noneMatch(Character::isISOControl);
    }
}
