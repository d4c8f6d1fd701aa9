package io.usageexporter.ledger;

import io.usageexporter.ledger.IdTables.Entry;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A blocked Bloom filter over hashes: 16 bits an id, six of them within one block of 512, so that a look-up touches one
 * cache line. About one in a thousand absent ids is taken for present. (Putze, Sanders, Singler: Cache-, Hash- and
 * Space-Efficient Bloom Filters, 2009.)
 */
final class IdFilter {
    private static final int IDS_PER_BLOCK = 32;
    private static final int WORDS_PER_BLOCK = 8;
    private static final int PROBES = 6;
    private static final int BITS_PER_PROBE = 9;

    private final long[] words;

    private IdFilter(long[] words) {
        this.words = words;
    }

    static IdFilter of(List<Entry> entries) {
        int blocks = Math.max(1, (entries.size() + IDS_PER_BLOCK - 1) / IDS_PER_BLOCK);
        var filter = new IdFilter(new long[blocks * WORDS_PER_BLOCK]);
        entries.forEach(entry -> filter.add(entry.hash()));
        return filter;
    }

    static IdFilter of(byte[] bytes) {
        var words = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(words);
        return new IdFilter(words);
    }

    byte[] bytes() {
        var bytes = ByteBuffer.allocate(words.length * Long.BYTES);
        bytes.asLongBuffer().put(words);
        return bytes.array();
    }

    private void add(long hash) {
        int block = block(hash);
        long bits = IdHash.mix(hash);
        for (int probe = 0; probe < PROBES; probe++, bits >>>= BITS_PER_PROBE) {
            words[block + (int) ((bits >>> 6) & 7)] |= 1L << bits;
        }
    }

    boolean mayContain(long hash) {
        int block = block(hash);
        long bits = IdHash.mix(hash);
        for (int probe = 0; probe < PROBES; probe++, bits >>>= BITS_PER_PROBE) {
            if ((words[block + (int) ((bits >>> 6) & 7)] & (1L << bits)) == 0) {
                return false;
            }
        }
        return true;
    }

    private int block(long hash) {
        long blocks = words.length / WORDS_PER_BLOCK;
        return (int) (((hash >>> 32) * blocks) >>> 32) * WORDS_PER_BLOCK;
    }
}
