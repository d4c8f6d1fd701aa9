package io.usageexporter.recording;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the calls of the last {@value #MAX_IDS} event ids, beyond what the ledger holds: a hash of the request
 * and the message. Not thread-safe.
 */
final class Fingerprints {
    static final int MAX_IDS = 10_000;

    private final Map<String, Long> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_IDS;
        }
    };

    /** Remembers the call of an id, unless one is known, and tells whether it may be this one. */
    boolean match(String id, long fingerprint) {
        if (fingerprint == 0) {
            return true;
        }
        Long before = known.putIfAbsent(id, fingerprint);
        return before == null || before == fingerprint;
    }

    /** Remembers the call of an id that is new. */
    void put(@Nullable String id, long fingerprint) {
        if (id != null && fingerprint != 0) {
            known.put(id, fingerprint);
        }
    }

    /** A hash of a text, which never changes. */
    static long of(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    }
}
