package io.usageexporter.recording;

import io.usageexporter.ledger.IdHash;
import io.usageexporter.ledger.LongMultimap;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of the requests and messages behind at least the last {@value #MAX_IDS} event ids, which the ledger does not
 * hold. Not thread-safe.
 */
final class Fingerprints {
    static final int MAX_IDS = 10_000;

    private LongMultimap newer = new LongMultimap();

    /** What was remembered before {@link #newer} was empty. */
    private LongMultimap older = new LongMultimap();

    /** Whether the call of an id may be this one. Remembers it if none is known. */
    boolean match(String id, long fingerprint) {
        if (fingerprint == 0) {
            return true;
        }
        long hash = IdHash.of(id);
        long before = newer.first(hash);
        if (before == 0) {
            before = older.first(hash);
        }
        if (before == 0) {
            put(id, fingerprint);
            return true;
        }
        return before == fingerprint;
    }

    /** Remembers the call of a new id. */
    void put(@Nullable String id, long fingerprint) {
        if (id == null || fingerprint == 0) {
            return;
        }
        if (newer.size() == MAX_IDS) {
            LongMultimap oldest = older;
            oldest.clear();
            older = newer;
            newer = oldest;
        }
        newer.add(IdHash.of(id), fingerprint);
    }
}
