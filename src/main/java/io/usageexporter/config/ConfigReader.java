package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageexporter.config.YamlNode.Mapping;
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
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one configuration file. Every value is taken with the key that leads to it; a fault is noted and reading goes
 * on, so that the user sees all faults at once.
 */
public final class ConfigReader {
    /** The largest limit. */
    static final BigDecimal MAX_LIMIT = BigDecimal.TEN.pow(18);

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]*");
    private static final int MAX_NAME = 100;

    /** The same as {@code timezone: UTC}, which is not the same as an offset of 0. */
    static final ZoneId UTC = ZoneId.of("UTC");

    private final Faults faults;

    private ConfigReader(Faults faults) {
        this.faults = faults;
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
        var faults = new Faults(source);
        Path folder = Path.of(source).toAbsolutePath().getParent();
        Config config = new ConfigReader(faults).config(yaml, folder == null ? Path.of("") : folder);
        if (!faults.all().isEmpty()) {
            throw new InvalidConfigException(faults.all());
        }
        return config;
    }

    private Config config(String yaml, Path folder) {
        YamlNode root = new Mapping(1, Map.of());
        try {
            root = YamlNode.read(yaml);
        } catch (JsonProcessingException e) {
            var location = e.getLocation();
            faults.add(
                    location == null ? 1 : location.getLineNr(),
                    "",
                    "not valid YAML: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var keys = new Keys(faults, "", root);
        ZoneId zone = keys.zone("timezone", UTC);
        Thresholds thresholds = thresholds(keys);
        var providers = new TreeMap<String, Provider>();
        var tracking = new TreeMap<String, Tracking>();
        Keys all = keys.sub("providers");
        for (String name : all.names()) {
            Keys provider = all.sub(name);
            if (!NAME.matcher(name).matches() || name.length() > MAX_NAME) {
                provider.fault("a provider's name must match " + NAME + ", up to " + MAX_NAME + " characters");
            }
            var autoLimits = new TreeSet<String>();
            providers.put(name, ProviderReader.read(name, provider, zone, autoLimits));
            Tracking tracked =
                    TrackingReader.read(name, provider, folder, Collections.unmodifiableSortedSet(autoLimits));
            if (tracked != null) {
                tracking.put(name, tracked);
            }
            provider.end();
        }
        if (all.isAbsent() && faults.all().isEmpty()) {
            keys.fault("providers is required: a configuration file replaces the built-in one");
        }
        keys.end();
        return new Config(
                thresholds, Collections.unmodifiableSortedMap(providers), Collections.unmodifiableSortedMap(tracking));
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
}
