package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.config.YamlNode.Mapping;
import io.usageexporter.config.YamlNode.Scalar;
import io.usageexporter.config.YamlNode.Sequence;
import io.usageexporter.event.Decimals;
import io.usageexporter.quota.Provider;
import io.usageexporter.quota.Thresholds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one configuration file. Every value is taken with the key that leads to it; a fault is noted and reading goes
 * on, so that the user sees all faults at once.
 */
public final class ConfigReader {
    /** The largest limit. */
    static final BigDecimal MAX_LIMIT = BigDecimal.TEN.pow(18);

    private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9_]{0,30}(\\.[0-9]{1,20})?([eE]\\+?[0-9]{1,2})?");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]*");
    private static final int MAX_NAME = 100;

    /** The same as {@code timezone: UTC}, which is not the same as an offset of 0. */
    private static final ZoneId UTC = ZoneId.of("UTC");

    private final String source;
    private final List<String> faults = new ArrayList<>();

    private ConfigReader(String source) {
        this.source = source;
    }

    /** The configuration of this file, or the built-in defaults when there is none. */
    public static Config load(@Nullable Path file) throws InvalidConfigException {
        if (file == null) {
            return defaults();
        }
        try {
            return read(file.toString(), Files.readString(file));
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException ? "there is no such file" : e.toString();
            throw new InvalidConfigException(List.of(file + ": cannot be read: " + why));
        }
    }

    /** The built-in default, which is a configuration file inside the jar. */
    public static Config defaults() {
        try (var stream = ConfigReader.class.getResourceAsStream("default.yml")) {
            if (stream == null) {
                throw new IllegalStateException("the jar lacks default.yml");
            }
            return read("default.yml", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param source the file's name, for messages */
    static Config read(String source, String yaml) throws InvalidConfigException {
        var reader = new ConfigReader(source);
        Config config = reader.config(yaml);
        if (!reader.faults.isEmpty()) {
            throw new InvalidConfigException(reader.faults);
        }
        return config;
    }

    private Config config(String yaml) {
        YamlNode root = new Mapping(1, Map.of());
        try {
            root = YamlNode.read(yaml);
        } catch (JsonProcessingException e) {
            var location = e.getLocation();
            faults.add(source + ":" + (location == null ? 1 : location.getLineNr()) + ": not valid YAML: "
                    + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var keys = new Keys(this, "", root);
        ZoneId zone = keys.zone("timezone", UTC);
        Thresholds thresholds = thresholds(keys);
        var providers = new TreeMap<String, Provider>();
        Keys all = keys.sub("providers");
        for (String name : all.names()) {
            Keys provider = all.sub(name);
            if (!NAME.matcher(name).matches() || name.length() > MAX_NAME) {
                provider.fault("a provider's name must match " + NAME + ", up to " + MAX_NAME + " characters");
            }
            providers.put(name, ProviderReader.read(name, provider, zone));
        }
        if (all.isAbsent() && faults.isEmpty()) {
            keys.fault("providers is required: a configuration file replaces the built-in one");
        }
        keys.end();
        return new Config(thresholds, Collections.unmodifiableSortedMap(providers));
    }

    private static Thresholds thresholds(Keys keys) {
        Keys given = keys.sub("thresholds");
        BigDecimal warning = given.number("warning", Thresholds.DEFAULT.warning(), BigDecimal.ONE);
        BigDecimal critical = given.number("critical", Thresholds.DEFAULT.critical(), BigDecimal.ONE);
        given.end();
        if (warning.compareTo(critical) > 0) {
            given.fault("warning must not be above critical (" + Decimals.plain(critical) + ")");
            return Thresholds.DEFAULT;
        }
        return new Thresholds(warning, critical);
    }

    /** The keys of one mapping, each to be taken once; {@link #end()} then complains of what is left over. */
    static final class Keys {
        private final ConfigReader reader;
        private final String path;
        private final int line;
        private final boolean absent;
        private final Map<String, YamlNode> left;
        private final List<String> known = new ArrayList<>();

        private Keys(ConfigReader reader, String path, @Nullable YamlNode node) {
            this.reader = reader;
            this.path = path;
            this.absent = node == null || (node instanceof Scalar scalar && scalar.token() == JsonToken.VALUE_NULL);
            this.line = node == null ? 1 : node.line();
            this.left =
                    node instanceof Mapping mapping ? new LinkedHashMap<>(mapping.entries()) : new LinkedHashMap<>();
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
            reader.fault(line, path, message);
        }

        /** Complains of a key that nobody took yet. */
        void faultAt(String key, String message) {
            YamlNode node = left.get(key);
            reader.fault(node == null ? line : node.line(), child(key), message);
        }

        Keys sub(String key) {
            return new Keys(reader, child(key), take(key));
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
                    reader.fault(node.line(), child(key), "unknown key; allowed here: " + String.join(", ", known)));
        }

        private <T> T faultAt(YamlNode node, String key, String message, T otherwise) {
            reader.fault(node.line(), child(key), message);
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
                    && text.codePointCount(0, text.length()) <= MAX_NAME
                    && text.codePoints().noneMatch(Character::isISOControl);
        }
    }

    private void fault(int line, String path, String message) {
        faults.add(source + ":" + line + ": " + (path.isEmpty() ? "" : path + ": ") + message);
    }
}
