package io.usageexporter.config;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a file, and what is odd in it, in the order in which it was found. */
final class ConfigErrors {
    private final String source;
    private final List<String> faults = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** @param source the file's name */
    ConfigErrors(String source) {
        this.source = source;
    }

    /** @param path the key, as in {@code providers.apify.limits}; empty for the file as a whole */
    void add(int line, String path, String message) {
        faults.add(source + ":" + line + ": " + at(path) + Shown.oneLine(message));
    }

    /** Something that can be used, but hardly does what was meant. */
    void warn(int line, String path, String message) {
        warnings.add(source + ":" + line + ": warning: " + at(path) + Shown.oneLine(message));
    }

    private static String at(String path) {
        return path.isEmpty() ? "" : Shown.oneLine(path) + ": ";
    }

    List<String> all() {
        return List.copyOf(faults);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }
}
