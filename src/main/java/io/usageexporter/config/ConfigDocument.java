package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageexporter.config.YamlNode.Mapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A YAML file, whose faults are all reported at once. */
public final class ConfigDocument {
    private static final int MAX_KIB = 1024;

    private ConfigDocument() {}

    /** Makes something of the keys of a document, and adds an error for each that is not allowed. */
    public interface Reader<T> {
        /**
         * Reads the keys.
         *
         * @param folder the base of relative file names
         */
        T read(ConfigSection keys, Path folder);
    }

    /**
     * Reads a file that may contain secrets; so no message quotes a line of it.
     *
     * @param warnings receives what is valid but probably not meant, with file, line and key
     */
    public static <T> T load(Path file, Consumer<String> warnings, Reader<T> reader) throws InvalidConfigException {
        return read(file.toString(), text(file), false, warnings, reader);
    }

    static String text(Path file) throws InvalidConfigException {
        try {
            return BoundedFile.read(file, MAX_KIB);
        } catch (IOException e) {
            throw new InvalidConfigException(List.of(file + ": cannot be read: " + Unreadable.why(file, e)));
        }
    }

    /** @param quoted whether a message may quote the line that is not YAML */
    static <T> T read(String source, String yaml, boolean quoted, Consumer<String> warnings, Reader<T> reader)
            throws InvalidConfigException {
        var errors = new ConfigErrors(source);
        YamlNode root = new Mapping(1, Map.of());
        try {
            root = YamlNode.read(yaml);
        } catch (JsonProcessingException e) {
            NotYaml.addTo(errors, quoted ? yaml : "", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path folder = Path.of(source).toAbsolutePath().getParent();
        boolean isYaml = errors.all().isEmpty();
        T read = reader.read(new ConfigSection(errors, "", root), folder == null ? Path.of("") : folder);
        List<String> all = errors.all();
        if (!all.isEmpty()) {
            // What an empty document lacks is no news after that.
            throw new InvalidConfigException(isYaml ? all : all.subList(0, 1));
        }
        errors.warnings().forEach(warnings);
        return read;
    }
}
