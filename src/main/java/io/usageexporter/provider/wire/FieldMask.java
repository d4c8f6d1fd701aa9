package io.usageexporter.provider.wire;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be kept of a JSON value.
 *
 * @param members only these of an object, by name, and nothing of any other value; or null for the complete value
 */
public record FieldMask(@Nullable Map<String, FieldMask> members) {
    private static final FieldMask WHOLE = new FieldMask(null);

    /** Complete values of these names. */
    public static Map<String, FieldMask> of(String... names) {
        var members = new HashMap<String, FieldMask>();
        for (String name : names) {
            members.put(name, WHOLE);
        }
        return Map.copyOf(members);
    }

    /** The same, and of one more member, an object, these members. */
    public static Map<String, FieldMask> of(String name, Map<String, FieldMask> inside, String... others) {
        var members = new HashMap<>(of(others));
        members.put(name, new FieldMask(inside));
        return Map.copyOf(members);
    }
}
