package io.usageexporter.provider.json;

import com.fasterxml.jackson.core.JsonPointer;
import io.usageexporter.config.ConfigSection;
import io.usageexporter.config.ProviderSettings;
import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.provider.wire.FieldMask;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How much of each resource a response counts for. Immutable.
 *
 * @param constants counted for every successful response
 * @param pointers to the other amounts in the response (RFC 6901)
 */
record UsageRules(Map<Measure, Amount> constants, Map<Measure, JsonPointer> pointers) implements ProviderSettings {
    static final UsageRules NONE = new UsageRules(Map.of(), Map.of());

    private static final String ALLOWED =
            "must be a JSON pointer into the response, such as /meta/tokens, or a number from 0 to 10^12";

    /** @param resources that the provider counts */
    static UsageRules read(ConfigSection keys, Set<String> resources) {
        var constants = new HashMap<Measure, Amount>();
        var pointers = new HashMap<Measure, JsonPointer>();
        if (keys.names().isEmpty()) {
            keys.fault(
                    "is required: the usage of each response by resource, such as {tokens: /meta/tokens, requests: 1}");
        }
        for (String resource : keys.names()) {
            if (!resources.contains(resource)) {
                keys.faultAt(resource, "the provider does not count this resource; list it under resources or limits");
            }
            Measure measure =
                    resource.equals(Measure.TOKENS) ? Measure.tokens(TokenKind.UNSPECIFIED) : Measure.of(resource);
            String text = keys.text(resource, "/");
            JsonPointer pointer = pointer(text);
            Amount amount = pointer == null ? amount(text) : null;
            if (pointer != null) {
                pointers.put(measure, pointer);
            } else if (amount != null) {
                constants.put(measure, amount);
            } else {
                keys.faultAt(resource, ALLOWED);
            }
        }
        return new UsageRules(Map.copyOf(constants), Map.copyOf(pointers));
    }

    private static @Nullable JsonPointer pointer(String text) {
        return text.startsWith("/") ? JsonPointer.compile(text) : null;
    }

    private static @Nullable Amount amount(String text) {
        try {
            return Amount.of(new BigDecimal(text));
        } catch (NumberFormatException | InvalidEventException e) { // not an amount
            return null;
        }
    }

    /** The parts of a response that the pointers need; arrays are kept completely. */
    Map<String, FieldMask> fields() {
        var root = new Node();
        pointers.values().forEach(root::add);
        return root.masks();
    }

    /** A member of an object. */
    private static final class Node {
        private final Map<String, Node> members = new TreeMap<>();
        private boolean isComplete;

        void add(JsonPointer pointer) {
            if (pointer.matches() || pointer.mayMatchElement()) {
                isComplete = true;
            } else {
                members.computeIfAbsent(pointer.getMatchingProperty(), name -> new Node())
                        .add(pointer.tail());
            }
        }

        Map<String, FieldMask> masks() {
            var masks = new HashMap<String, FieldMask>();
            members.forEach((name, node) -> masks.put(name, new FieldMask(node.isComplete ? null : node.masks())));
            return Map.copyOf(masks);
        }
    }
}
