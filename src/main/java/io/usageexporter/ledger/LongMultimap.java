package io.usageexporter.ledger;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Numbers by 64-bit hashes, in two arrays rather than in objects, which the garbage collector would have to follow and
 * move one by one. Grows on demand, and keeps its room when it is cleared. Not thread-safe.
 */
public final class LongMultimap {
    private static final int SMALL = 1024;

    /** Open addressing: an entry is in the first free slot from that of its hash on. */
    private long[] hashes = new long[SMALL];

    /** 0 for a free slot. */
    private long[] values = new long[SMALL];

    private int size;

    /** What is done with an entry. */
    @FunctionalInterface
    public interface EntryConsumer {
        void accept(long hash, long value);
    }

    /**
     * Adds an entry, also if there are others of the same hash.
     *
     * @param hash whose bits must be well mixed
     * @param value not 0
     */
    public void add(long hash, long value) {
        if (value == 0) {
            throw new IllegalArgumentException("0 marks a free slot");
        }
        if (size == values.length / 4 * 3) {
            grow();
        }
        int slot = slot(hash);
        while (values[slot] != 0) {
            slot = next(slot);
        }
        hashes[slot] = hash;
        values[slot] = value;
        size++;
    }

    /** The value of a hash that was added first; 0 if there is none. */
    public long first(long hash) {
        for (int slot = slot(hash); values[slot] != 0; slot = next(slot)) {
            if (hashes[slot] == hash) {
                return values[slot];
            }
        }
        return 0;
    }

    /** Passes on all values of a hash. */
    void forEach(long hash, LongConsumer action) {
        for (int slot = slot(hash); values[slot] != 0; slot = next(slot)) {
            if (hashes[slot] == hash) {
                action.accept(values[slot]);
            }
        }
    }

    /** Passes on all entries, in no particular order. */
    void forEach(EntryConsumer action) {
        for (int slot = 0; slot < values.length; slot++) {
            if (values[slot] != 0) {
                action.accept(hashes[slot], values[slot]);
            }
        }
    }

    /** The number of entries. */
    public int size() {
        return size;
    }

    public void clear() {
        Arrays.fill(values, 0);
        size = 0;
    }

    private int slot(long hash) {
        return (int) hash & (values.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (values.length - 1);
    }

    private void grow() {
        long[] oldHashes = hashes;
        long[] oldValues = values;
        hashes = new long[2 * oldHashes.length];
        values = new long[2 * oldValues.length];
        size = 0;
        // From after a free slot on, so that entries of one hash stay in their order.
        int start = 0;
        while (oldValues[start] != 0) {
            start++;
        }
        for (int i = 0; i < oldValues.length; i++) {
            int slot = (start + i) & (oldValues.length - 1);
            if (oldValues[slot] != 0) {
                add(oldHashes[slot], oldValues[slot]);
            }
        }
    }
}
