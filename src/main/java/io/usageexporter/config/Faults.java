package io.usageexporter.config;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a file, in the order in which it was found. */
final class Faults {
    private final String source;
    private final List<String> faults = new ArrayList<>();

    /** @param source the file's name */
    Faults(String source) {
        this.source = source;
    }

    /** @param path the key, as in {@code providers.apify.limits}; empty for the file as a whole */
    void add(int line, String path, String message) {
        faults.add(source + ":" + line + ": " + (path.isEmpty() ? "" : path + ": ") + message);
    }

    List<String> all() {
        return List.copyOf(faults);
    }
}
