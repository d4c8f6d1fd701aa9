package io.usageexporter.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The filters of all segments, side by side: the first bits of 32 filters make one {@code int}, then the second bits, and
 * so on. A look-up of seven words thus asks 32 segments, so that a repeat is ruled out in about the same time however
 * many ids there are. About 5 MiB for each 2 million ids. Not thread-safe.
 */
final class IdFilters {
    private static final int LANES = Integer.SIZE;
    private static final long FREE = -1;

    /** 32 filters; {@code segments} tells whose each lane is. */
    private static final class Group {
        private final int[] bits = new int[IdFilter.BITS];
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
    }

    private final List<Group> groups = new ArrayList<>();

    /** Takes in a segment. */
    void add(long segment, IdFilter filter) {
        Group group =
                groups.stream().filter(each -> each.lane(FREE) >= 0).findFirst().orElseGet(this::newGroup);
        int lane = group.lane(FREE);
        group.segments[lane] = segment;
        int mask = 1 << lane;
        for (int word = 0; word < IdFilter.BITS / Long.SIZE; word++) {
            for (long rest = filter.word(word); rest != 0; rest &= rest - 1) {
                group.bits[word * Long.SIZE + Long.numberOfTrailingZeros(rest)] |= mask;
            }
        }
    }

    private Group newGroup() {
        var group = new Group();
        groups.add(group);
        return group;
    }

    /** Forgets a segment. */
    void remove(long segment) {
        for (Group group : groups) {
            int lane = group.lane(segment);
            if (lane >= 0) {
                group.segments[lane] = FREE;
                int others = ~(1 << lane);
                for (int bit = 0; bit < IdFilter.BITS; bit++) {
                    group.bits[bit] &= others;
                }
            }
        }
    }

    /** The segments that may hold an id of this hash; nearly always none when none does. */
    List<Long> candidates(long hash) {
        List<Long> candidates = List.of();
        for (Group group : groups) {
            int lanes = -1;
            for (int probe = 0; probe < IdFilter.PROBES; probe++) {
                lanes &= group.bits[IdFilter.bit(hash, probe)];
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
