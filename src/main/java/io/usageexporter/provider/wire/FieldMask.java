package io.usageexporter.provider.wire;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Selects the parts of a JSON value to keep.
 *
 * @param members the members of an object to keep, by name, and nothing of any other value; null for the complete value
 */
public record FieldMask(@Nullable Map<String, FieldMask> members) {
    private static final FieldMask COMPLETE = new FieldMask(null);

    /** Selects the complete values of these members. */
    public static Map<String, FieldMask> of(String... names) {
        var members = new HashMap<String, FieldMask>();
        for (String name : names) {
            members.put(name, COMPLETE);
        }
        return Map.copyOf(members);
    }

    /** Selects, in addition to the complete values of some members, members of a nested object. */
    public static Map<String, FieldMask> of(String name, Map<String, FieldMask> inside, String... others) {
        var members = new HashMap<>(of(others));
        members.put(name, new FieldMask(inside));
        return Map.copyOf(members);
    }
}
