package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.config.YamlNode.Mapping;
import io.usageexporter.config.YamlNode.Scalar;
import io.usageexporter.config.YamlNode.Sequence;
import io.usageexporter.event.Decimals;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys of one mapping, each to be taken once; {@link #end()} then complains of what is left over. */
final class Keys {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9_]{0,30}(\\.[0-9]{1,20})?([eE]\\+?[0-9]{1,2})?");
    private static final int MAX_TEXT = 100;

    private final Faults faults;
    private final String path;
    private final int line;
    private final boolean absent;
    private final Map<String, YamlNode> left;
    private final List<String> known = new ArrayList<>();

    Keys(Faults faults, String path, @Nullable YamlNode node) {
        this.faults = faults;
        this.path = path;
        this.absent = node == null || (node instanceof Scalar scalar && scalar.token() == JsonToken.VALUE_NULL);
        this.line = node == null ? 1 : node.line();
        this.left = node instanceof Mapping mapping ? new LinkedHashMap<>(mapping.entries()) : new LinkedHashMap<>();
        if (!absent && !(node instanceof Mapping)) {
            fault("must be a mapping of keys to values");
        }
    }

    boolean isAbsent() {
        return absent;
    }

    List<String> names() {
        return List.copyOf(left.keySet());
    }

    void fault(String message) {
        faults.add(line, path, message);
    }

    /** Complains of a key that nobody took yet. */
    void faultAt(String key, String message) {
        YamlNode node = left.get(key);
        faults.add(node == null ? line : node.line(), child(key), message);
    }

    Keys sub(String key) {
        return new Keys(faults, child(key), take(key));
    }

    String text(String key, String otherwise) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
        }
        if (node instanceof Scalar scalar && scalar.token() != JsonToken.VALUE_NULL && isLabel(scalar.text())) {
            return scalar.text();
        }
        return faultAt(node, key, "must be a text of 1 to 100 characters", otherwise);
    }

    /** A list of texts, each once. */
    List<String> texts(String key, List<String> otherwise) {
        return texts(key, otherwise, text -> true, "must hold texts of 1 to 100 characters, each once");
    }

    /**
     * A list of texts, each once.
     *
     * @param rule what an error says
     */
    List<String> texts(String key, List<String> otherwise, Predicate<String> allowed, String rule) {
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
                    faultAt(item, key, (text.isEmpty() ? "" : text + ": ") + rule, texts);
                }
            }
            return texts;
        }
        return faultAt(node, key, "must be a list, such as [a, b]", otherwise);
    }

    BigDecimal number(String key, BigDecimal otherwise, BigDecimal max) {
        YamlNode node = take(key);
        if (node == null) {
            return otherwise;
        }
        BigDecimal number = number(node);
        if (number != null && number.signum() >= 0 && number.compareTo(max) <= 0) {
            return number;
        }
        return faultAt(node, key, "must be a number from 0 to " + Decimals.plain(max), otherwise);
    }

    int wholeNumber(String key, int otherwise, int min, int max) {
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
        return faultAt(node, key, "must be a whole number from " + min + " to " + max, otherwise);
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
        return faultAt(node, key, "must be a time zone, such as UTC, Europe/Berlin or +05:45", otherwise);
    }

    /** Complains of keys that nobody took. */
    void end() {
        left.forEach((key, node) ->
                faults.add(node.line(), child(key), "unknown key; allowed here: " + String.join(", ", known)));
    }

    private <T> T faultAt(YamlNode node, String key, String message, T otherwise) {
        faults.add(node.line(), child(key), message);
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
