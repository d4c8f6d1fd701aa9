package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.HttpFields;
import io.usageexporter.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Header fields of a test. */
record GivenFields(List<Map.Entry<String, String>> entries) implements HttpFields {
    /** Names and values in turn. */
    static GivenFields of(String... namesAndValues) {
        var entries = new ArrayList<Map.Entry<String, String>>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            entries.add(Map.entry(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new GivenFields(entries);
    }

    /** The head of a sample response of Anthropic's. */
    static GivenFields sample(String name) {
        return new GivenFields(Samples.text("anthropic/" + name + ".headers.txt")
                .lines()
                .filter(line -> line.contains(": "))
                .map(line -> Map.entry(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1)))
                .toList());
    }

    @Override
    public @Nullable String first(String name) {
        return entries.stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    @Override
    public void forEach(BiConsumer<String, String> field) {
        entries.forEach(entry -> field.accept(entry.getKey(), entry.getValue()));
    }
}
