package io.usageexporter.config;

import java.util.ArrayList;
import java.util.List;

/** Errors and warnings found in a file, in order. */
final class ConfigErrors {
    private final String source;
    private final List<String> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** @param source the file's name */
    ConfigErrors(String source) {
        this.source = source;
    }

    /** @param path the key, such as {@code providers.apify.limits}; empty for the file itself */
    void add(int line, String path, String message) {
        errors.add(source + ":" + line + ": " + at(path) + Shown.oneLine(message));
    }

    /** Adds a warning about something valid that is probably not what was meant. */
    void warn(int line, String path, String message) {
        warnings.add(source + ":" + line + ": warning: " + at(path) + Shown.oneLine(message));
    }

    private static String at(String path) {
        return path.isEmpty() ? "" : Shown.oneLine(path) + ": ";
    }

    List<String> all() {
        return List.copyOf(errors);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }
}
