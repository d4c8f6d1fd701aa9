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

/** The keys of one mapping, each to be taken once; {@link #end()} then complains of what is left over. */
public final class ConfigSection {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9_]{0,30}(\\.[0-9]{1,20})?([eE]\\+?[0-9]{1,2})?");
    private static final Pattern DURATION = Pattern.compile("[0-9]{1,6}[smhd]");
    private static final Pattern UPSTREAM = Pattern.compile("https?://[^/?#@\\s]+(/[^?#\\s]*)?");
    private static final int MAX_TEXT = 100;
    private static final int MAX_PORT = 65_535;

    private final ConfigErrors faults;
    private final String path;
    private final int line;
    private final boolean absent;
    private final Map<String, YamlNode> left;
    private final List<String> known = new ArrayList<>();

    ConfigSection(ConfigErrors faults, String path, @Nullable YamlNode node) {
        this.faults = faults;
        this.path = path;
        this.absent = node == null || (node instanceof Scalar scalar && scalar.token() == JsonToken.VALUE_NULL);
        this.line = node == null ? 1 : node.line();
        this.left = node instanceof Mapping mapping ? new LinkedHashMap<>(mapping.entries()) : new LinkedHashMap<>();
        if (!absent && !(node instanceof Mapping)) {
            fault("must be a mapping of keys to values" + Shown.butIs(path, Objects.requireNonNull(node)));
        }
    }

    public boolean isAbsent() {
        return absent;
    }

    public List<String> names() {
        return List.copyOf(left.keySet());
    }

    public void fault(String message) {
        faults.add(line, path, message);
    }

    public void warn(String message) {
        faults.warn(line, path, message);
    }

    /** Warns of a key that has not been taken yet. */
    public void warnAt(String key, String message) {
        YamlNode node = left.get(key);
        faults.warn(node == null ? line : node.line(), child(key), message);
    }

    /** Complains of a key that nobody took yet. */
    public void faultAt(String key, String message) {
        YamlNode node = left.get(key);
        faults.add(node == null ? line : node.line(), child(key), message);
    }

    public ConfigSection sub(String key) {
        return new ConfigSection(faults, child(key), take(key));
    }

    public String text(String key, String otherwise) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
        }
        if (node instanceof Scalar scalar && scalar.token() != JsonToken.VALUE_NULL && isLabel(scalar.text())) {
            return scalar.text();
        }
        return wrong(node, key, "must be a text of 1 to 100 characters", otherwise);
    }

    @Nullable
    public String textOrNull(String key) {
        String text = text(key, "");
        return text.isEmpty() ? null : text;
    }

    /** Whether a key has just this text; takes it then. */
    boolean takeIf(String key, String text) {
        boolean matches =
                left.get(key) instanceof Scalar scalar && scalar.text().equals(text);
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
        return wrong(node, key, "must be " + String.join(" or ", allowed), null);
    }

    /** One of an enumeration's names in lower case. */
    <E extends Enum<E>> E choice(String key, E otherwise, E[] values) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
        }
        for (E value : values) {
            if (node instanceof Scalar scalar && scalar.text().equals(name(value))) {
                return value;
            }
        }
        String names = Stream.of(values).map(ConfigSection::name).collect(Collectors.joining(" or "));
        return wrong(node, key, "must be " + names, otherwise);
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A time such as 30s, 5m, 1h or 1d. */
    public Duration duration(String key, Duration otherwise, Duration min, Duration max) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
        }
        if (node instanceof Scalar scalar && DURATION.matcher(scalar.text()).matches()) {
            String text = scalar.text().toUpperCase(Locale.ROOT);
            Duration duration = Duration.parse(text.endsWith("D") ? "P" + text : "PT" + text);
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        }
        String allowed = "must be a time from " + min.toSeconds() + "s to " + max.toHours() + "h, such as 5m";
        return wrong(node, key, allowed, otherwise);
    }

    /** Where an API is: scheme, host, perhaps a port and a path, whose last slash is left out. */
    public URI upstream(String key, URI otherwise) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
        }
        try {
            if (node instanceof Scalar scalar && UPSTREAM.matcher(scalar.text()).matches()) {
                URI uri = new URI(scalar.text().replaceFirst("/+$", ""));
                if (uri.getHost() != null && uri.getPort() <= MAX_PORT) {
                    return uri;
                }
            }
        } catch (URISyntaxException e) {
            // Falls through to the fault, which says more than the exception.
        }
        return wrong(node, key, "must be http:// or https://, a host, and nothing but a port and a path", otherwise);
    }

    /**
     * What a file holds, without white space around it. Required.
     *
     * @param folder that the file's name is relative to
     */
    @Nullable
    public Secret secret(String key, Path folder) {
        YamlNode node = take(key);
        if (node instanceof Scalar scalar && !scalar.text().isEmpty() && scalar.token() != JsonToken.VALUE_NULL) {
            return SecretFile.read(faults, node.line(), child(key), scalar.text(), folder);
        }
        faults.add(node == null ? line : node.line(), child(key), "is required: the name of a file");
        return null;
    }

    /** A list of texts, each once. */
    public List<String> texts(String key, List<String> otherwise) {
        return texts(key, otherwise, text -> true, "must hold texts of 1 to 100 characters, each once");
    }

    /**
     * A list of texts, each once.
     *
     * @param rule what an error says
     */
    public List<String> texts(String key, List<String> otherwise, Predicate<String> allowed, String rule) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
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
        return wrong(node, key, "must be a list, such as [a, b]", otherwise);
    }

    public BigDecimal number(String key, BigDecimal otherwise, BigDecimal max) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
        }
        BigDecimal number = number(node);
        if (number != null && number.signum() >= 0 && number.compareTo(max) <= 0) {
            return number;
        }
        return wrong(node, key, "must be a number from 0 to " + Decimals.plain(max), otherwise);
    }

    public int wholeNumber(String key, int otherwise, int min, int max) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
        }
        BigDecimal number = number(node);
        if (number != null
                && number.compareTo(BigDecimal.valueOf(min)) >= 0
                && number.compareTo(BigDecimal.valueOf(max)) <= 0
                && number.stripTrailingZeros().scale() <= 0) {
            return number.intValueExact();
        }
        return wrong(node, key, "must be a whole number from " + min + " to " + max, otherwise);
    }

    private static @Nullable BigDecimal number(YamlNode node) {
        return node instanceof Scalar scalar
                        && scalar.token().isNumeric()
                        && NUMBER.matcher(scalar.text()).matches()
                ? new BigDecimal(scalar.text().replace("_", ""))
                : null;
    }

    ZoneId zone(String key, ZoneId otherwise) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
        }
        try {
            if (node instanceof Scalar scalar) {
                return ZoneId.of(scalar.text());
            }
        } catch (DateTimeException e) {
            // Falls through to the fault, which says more than the exception.
        }
        return wrong(node, key, "must be a time zone, such as UTC, Europe/Berlin or +05:45", otherwise);
    }

    /** Complains of keys that nobody took. */
    public void end() {
        left.forEach((key, node) -> faults.add(
                node.line(),
                child(key),
                "unknown key; allowed here: " + String.join(", ", known) + Spelling.question(key, known)));
    }

    /** @param rule what is allowed */
    private <T extends @Nullable Object> T wrong(YamlNode node, String key, String rule, T otherwise) {
        faults.add(node.line(), child(key), rule + Shown.butIs(child(key), node));
        return otherwise;
    }

    private @Nullable YamlNode take(String key) {
        known.add(key);
        return left.remove(key);
    }

    private String child(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean isLabel(String text) {
        return !text.isEmpty()
                && text.codePointCount(0, text.length()) <= MAX_TEXT
                && text.codePoints().noneMatch(Character::isISOControl);
    }
}
