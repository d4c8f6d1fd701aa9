package io.usageexporter.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/**
 * The filters of all segments, bit-sliced: bit {@code n} of 32 filters makes one {@code int}. A lookup of seven words
 * thus tests 32 segments, which rules out a duplicate in almost constant time. Takes about 5 MiB per 2 million ids. Not
 * thread-safe.
 */
final class BitSlicedBloomFilters {
    private static final int LANES = Integer.SIZE;
    private static final long FREE = -1;

    /** 32 filters; {@code segments} holds the segment of each lane. */
    private static final class Group {
        private final int[] bits = new int[BloomFilter.BITS];
        private final long[] segments = new long[LANES];

        Group() {
            Arrays.fill(segments, FREE);
        }

        int lane(long segment) {
            for (int lane = 0; lane < LANES; lane++) {
                if (segments[lane] == segment) {
                    return lane;
                }
            }
            return -1;
        }

        /** Sets the bits of the filters that are not null, each in its lane. */
        void add(BloomFilter[] filters) {
            var square = new int[LANES];
            for (int from = 0; from < BloomFilter.BITS; from += LANES) {
                for (int lane = 0; lane < LANES; lane++) {
                    square[lane] = filters[lane] == null ? 0 : filters[lane].bits(from);
                }
                transpose(square);
                for (int bit = 0; bit < LANES; bit++) {
                    bits[from + bit] |= square[bit];
                }
            }
        }

        /** Bit i of word j becomes bit j of word i. (Warren: Hacker's Delight, 2012, section 7-3.) */
        private static void transpose(int[] square) {
            int mask = 0x0000_ffff;
            for (int j = LANES / 2; j != 0; j >>= 1, mask ^= mask << j) {
                for (int k = 0; k < LANES; k = (k + j + 1) & ~j) {
                    int swapped = ((square[k] >>> j) ^ square[k + j]) & mask;
                    square[k] ^= swapped << j;
                    square[k + j] ^= swapped;
                }
            }
        }
    }

    private final List<Group> groups = new ArrayList<>();

    /** Adds segments; up to 32 at once cost as much as one. */
    void addAll(SortedMap<Long, BloomFilter> filters) {
        var waiting = new ArrayDeque<>(filters.entrySet());
        while (!waiting.isEmpty()) {
            Group group = groups.stream()
                    .filter(each -> each.lane(FREE) >= 0)
                    .findFirst()
                    .orElseGet(this::newGroup);
            var added = new BloomFilter[LANES];
            for (int lane = group.lane(FREE); lane >= 0 && !waiting.isEmpty(); lane = group.lane(FREE)) {
                var next = waiting.remove();
                group.segments[lane] = next.getKey();
                added[lane] = next.getValue();
            }
            group.add(added);
        }
    }

    private Group newGroup() {
        var group = new Group();
        groups.add(group);
        return group;
    }

    /** Removes a segment. */
    void remove(long segment) {
        for (Group group : groups) {
            int lane = group.lane(segment);
            if (lane >= 0) {
                group.segments[lane] = FREE;
                int others = ~(1 << lane);
                for (int bit = 0; bit < BloomFilter.BITS; bit++) {
                    group.bits[bit] &= others;
                }
            }
        }
    }

    /** The segments that may hold an id of this hash; almost always none if none does. */
    List<Long> candidates(long hash) {
        List<Long> candidates = List.of();
        for (Group group : groups) {
            int lanes = -1;
            for (int probe = 0; probe < BloomFilter.PROBES && lanes != 0; probe++) {
                lanes &= group.bits[BloomFilter.bit(hash, probe)];
            }
            for (; lanes != 0; lanes &= lanes - 1) {
                if (candidates.isEmpty()) {
                    candidates = new ArrayList<>();
                }
                candidates.add(group.segments[Integer.numberOfTrailingZeros(lanes)]);
            }
        }
        return candidates;
    }
}
