package io.usageexporter.ledger;

import io.usageexporter.ledger.IdTables.Entry;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A Bloom filter over the hashes of one segment's ids: 20 bits per id and seven probes, for a false positive rate of
 * about 0.0002. All filters have the same size, so that {@link BitSlicedBloomFilters} can test many at once.
 */
final class BloomFilter {
    /** The ids of a segment. */
    static final int IDS = 65_536;

    /** The bits of a filter. */
    static final int BITS = 20 * IDS;

    /** The bits that each id sets. */
    static final int PROBES = 7;

    private final long[] words;

    private BloomFilter(long[] words) {
        this.words = words;
    }

    /** @param entries at most {@link #IDS}, or there are too many false positives */
    static BloomFilter of(List<Entry> entries) {
        var words = new long[BITS / Long.SIZE];
        for (Entry entry : entries) {
            for (int probe = 0; probe < PROBES; probe++) {
                int bit = bit(entry.hash(), probe);
                words[bit / Long.SIZE] |= 1L << bit;
            }
        }
        return new BloomFilter(words);
    }

    /** Reads what {@link #bytes()} wrote. */
    static BloomFilter of(byte[] bytes) {
        var words = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(words);
        return new BloomFilter(words);
    }

    byte[] bytes() {
        var bytes = ByteBuffer.allocate(words.length * Long.BYTES);
        bytes.asLongBuffer().put(words);
        return bytes.array();
    }

    /** The 32 bits from this multiple of 32 on. */
    int bits(int from) {
        return (int) (words[from / Long.SIZE] >>> from);
    }

    /** The bit of a probe, by double hashing (Kirsch, Mitzenmacher: Less Hashing, Same Performance, 2006). */
    static int bit(long hash, int probe) {
        int mixed = (int) hash + probe * ((int) (hash >>> 32) | 1);
        return (int) (((mixed & 0xffff_ffffL) * BITS) >>> 32);
    }
}
