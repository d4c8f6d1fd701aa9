package io.usageexporter.recording;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of the requests and messages behind the last {@value #MAX_IDS} event ids, which the ledger does not hold. Not
 * thread-safe.
 */
final class Fingerprints {
    static final int MAX_IDS = 10_000;

    private final Map<String, Long> known = new LruMap<>(MAX_IDS);

    /** Whether the call of an id may be this one. Remembers it if none is known. */
    boolean match(String id, long fingerprint) {
        if (fingerprint == 0) {
            return true;
        }
        Long before = known.putIfAbsent(id, fingerprint);
        return before == null || before == fingerprint;
    }

    /** Remembers the call of a new id. */
    void put(@Nullable String id, long fingerprint) {
        if (id != null && fingerprint != 0) {
            known.put(id, fingerprint);
        }
    }

    /** A stable hash of a text. */
    static long of(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    }
}
