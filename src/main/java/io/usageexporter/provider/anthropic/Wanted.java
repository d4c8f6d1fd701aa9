package io.usageexporter.provider.anthropic;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be kept of a JSON value.
 *
 * @param members only these of an object, by name, and nothing of any other value; or null for the whole value
 */
record Wanted(@Nullable Map<String, Wanted> members) {
    private static final Wanted WHOLE = new Wanted(null);

    /** Whole values of these names. */
    static Map<String, Wanted> of(String... names) {
        var members = new HashMap<String, Wanted>();
        for (String name : names) {
            members.put(name, WHOLE);
        }
        return Map.copyOf(members);
    }

    /** The same, and of one more member, an object, these members. */
    static Map<String, Wanted> of(String name, Map<String, Wanted> inside, String... others) {
        var members = new HashMap<>(of(others));
        members.put(name, new Wanted(inside));
        return Map.copyOf(members);
    }
}
