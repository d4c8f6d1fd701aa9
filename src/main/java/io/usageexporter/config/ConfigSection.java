package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.config.YamlNode.Mapping;
import io.usageexporter.config.YamlNode.Scalar;
import io.usageexporter.config.YamlNode.Sequence;
import io.usageexporter.event.Decimals;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys of a mapping. Each is to be read once; {@link #rejectUnknownKeys()} then reports the others. */
public final class ConfigSection {
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

    /** A list of mappings. */
    List<ConfigSection> items(String key) {
        YamlNode node = take(key);
        if (node == null) {
            return List.of();
        }
        if (!(node instanceof Sequence sequence)) {
            invalid(node, key, "must be a list of mappings");
            return List.of();
        }
        var items = new ArrayList<ConfigSection>();
        for (YamlNode item : sequence.items()) {
            items.add(new ConfigSection(errors, child(key) + "[" + items.size() + "]", item));
        }
        return items;
    }

    public String text(String key, String defaultValue) {
        return value(key, defaultValue, ConfigValues::label, "must be text of 1 to 100 characters");
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

    /** Makes something of a text of any length; an error never shows it. Null where there is none, or an invalid one. */
    public <T> @Nullable T parse(String key, TextParser<T> parser) {
        YamlNode node = take(key);
        if (node == null) {
            return null;
        }
        try {
            String text = ConfigValues.text(node);
            if (text == null) {
                throw new InvalidValueException("must be text");
            }
            return parser.parse(text);
        } catch (InvalidValueException e) {
            errors.add(node.line(), child(key), String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Makes something of the text of a key. */
    public interface TextParser<T> {
        T parse(String text) throws InvalidValueException;
    }

    /** One of these texts; null where none is given. */
    public @Nullable String oneOf(String key, List<String> allowed) {
        return allowed.isEmpty()
                ? null
                : valueOrNull(key, node -> oneOf(node, allowed), "must be " + String.join(" or ", allowed));
    }

    private static @Nullable String oneOf(YamlNode node, List<String> allowed) {
        return node instanceof Scalar scalar && allowed.contains(scalar.text()) ? scalar.text() : null;
    }

    /** The name of an enum constant in lower case. */
    <E extends Enum<E>> E choice(String key, E defaultValue, E[] values) {
        List<String> names = Stream.of(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
        String name = oneOf(key, names);
        return name == null ? defaultValue : values[names.indexOf(name)];
    }

    /** A duration such as 30s, 5m, 1h or 1d. */
    public Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        return duration(
                key,
                defaultValue,
                min,
                max,
                "must be a duration from " + min.toSeconds() + "s to " + max.toHours() + "h, such as 5m");
    }

    /** @param allowed what is, for messages */
    Duration duration(String key, Duration defaultValue, Duration min, Duration max, String allowed) {
        return value(key, defaultValue, node -> within(ConfigValues.duration(node), min, max), allowed);
    }

    /** The base URL of an API, without query and trailing slashes. */
    public URI upstream(String key, URI defaultValue) {
        return value(
                key,
                defaultValue,
                ConfigValues::upstream,
                "must be http:// or https:// and a host, with an optional port and path");
    }

    /**
     * The stripped contents of the named file. Required.
     *
     * @param folder the base of relative file names
     */
    @Nullable
    public Secret secret(String key, Path folder) {
        YamlNode node = take(key);
        String name = node == null ? null : ConfigValues.text(node);
        if (node == null || name == null || name.isEmpty()) {
            errors.add(node == null ? line : node.line(), child(key), "is required: the name of a file");
            return null;
        }
        return SecretFile.read(errors, node.line(), child(key), name, folder);
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
        List<YamlNode> items = valueOrNull(
                key,
                node -> node instanceof Sequence sequence ? sequence.items() : null,
                "must be a list, such as [a, b]");
        if (items == null) {
            return defaultValue;
        }
        var texts = new ArrayList<String>();
        for (YamlNode item : items) {
            String text = ConfigValues.label(item);
            if (text != null && allowed.test(text) && !texts.contains(text)) {
                texts.add(text);
            } else {
                invalid(item, key, rule);
            }
        }
        return texts;
    }

    public BigDecimal number(String key, BigDecimal defaultValue, BigDecimal max) {
        return Objects.requireNonNullElse(numberOrNull(key, max), defaultValue);
    }

    /** A number from 0 to a maximum; null where none is given. */
    @Nullable
    BigDecimal numberOrNull(String key, BigDecimal max) {
        return valueOrNull(
                key,
                node -> within(ConfigValues.number(node), BigDecimal.ZERO, max),
                "must be a number from 0 to " + Decimals.plain(max));
    }

    /** A date; null where none is given. */
    @Nullable
    LocalDate dateOrNull(String key) {
        return valueOrNull(key, ConfigValues::date, "must be a date, such as 2026-11-24");
    }

    /** True or false. */
    public boolean flag(String key, boolean defaultValue) {
        return value(key, defaultValue, ConfigValues::flag, "must be true or false");
    }

    public int wholeNumber(String key, int defaultValue, int min, int max) {
        BigDecimal number = value(
                key,
                BigDecimal.valueOf(defaultValue),
                node -> whole(within(ConfigValues.number(node), BigDecimal.valueOf(min), BigDecimal.valueOf(max))),
                "must be a whole number from " + min + " to " + max);
        return number.intValueExact();
    }

    private static @Nullable BigDecimal whole(@Nullable BigDecimal number) {
        return number != null && number.stripTrailingZeros().scale() <= 0 ? number : null;
    }

    private static <T extends Comparable<T>> @Nullable T within(@Nullable T value, T min, T max) {
        return value != null && value.compareTo(min) >= 0 && value.compareTo(max) <= 0 ? value : null;
    }

    ZoneId zone(String key, ZoneId defaultValue) {
        return value(
                key, defaultValue, ConfigValues::zone, "must be a time zone, such as UTC, Europe/Berlin or +05:45");
    }

    /** Adds an error for each key that has not been read. */
    public void rejectUnknownKeys() {
        remaining.forEach((key, node) -> errors.add(
                node.line(),
                child(key),
                "unknown key; allowed here: " + String.join(", ", known) + Spelling.question(key, known)));
    }

    /** The value of a key, or the default if it is absent or not allowed; see {@link #valueOrNull}. */
    <T> T value(String key, T defaultValue, Function<YamlNode, @Nullable T> parser, String rule) {
        T value = valueOrNull(key, parser, rule);
        return value == null ? defaultValue : value;
    }

    /**
     * The value of a key, or null if it is absent or not allowed.
     *
     * @param parser returns null for a value that is not allowed
     * @param rule what is allowed, for the error message
     */
    <T> @Nullable T valueOrNull(String key, Function<YamlNode, @Nullable T> parser, String rule) {
        YamlNode node = take(key);
        T value = node == null ? null : parser.apply(node);
        if (node != null && value == null) {
            invalid(node, key, rule);
        }
        return value;
    }

    private void invalid(YamlNode node, String key, String rule) {
        errors.add(node.line(), child(key), rule + Shown.butIs(child(key), node));
    }

    private @Nullable YamlNode take(String key) {
        known.add(key);
        return remaining.remove(key);
    }

    private String child(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
