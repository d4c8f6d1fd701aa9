package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.ledger.IdTables.Entry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BitSlicedBloomFiltersTest {
    private static BloomFilter filter(List<Long> hashes) {
        return BloomFilter.of(hashes.stream().map(hash -> new Entry(hash, 1)).toList());
    }

    private static void add(BitSlicedBloomFilters filters, long segment, BloomFilter filter) {
        filters.addAll(new TreeMap<>(Map.of(segment, filter)));
    }

    @Property(tries = 20)
    void segmentIsACandidateForItsHashesUntilRemoved(
            @ForAll @Size(max = 20) List<Long> first,
            @ForAll @Size(max = 20) List<Long> second,
            @ForAll @IntRange(max = 40) int others) {
        var filters = new BitSlicedBloomFilters();
        add(filters, 1000, filter(first));
        for (int i = 0; i < others; i++) {
            add(filters, i, filter(List.of()));
        }
        add(filters, 2000, BloomFilter.of(filter(second).bytes()));

        assertThat(first).allMatch(hash -> filters.candidates(hash).contains(1000L));
        assertThat(second).allMatch(hash -> filters.candidates(hash).contains(2000L));
        filters.remove(1000);
        assertThat(first).noneMatch(hash -> filters.candidates(hash).contains(1000L));
        assertThat(second).allMatch(hash -> filters.candidates(hash).contains(2000L));
        add(filters, 3000, filter(first));
        assertThat(first).allMatch(hash -> filters.candidates(hash).contains(3000L));
    }

    @Property(tries = 3)
    void absentIdsRarelyHaveACandidate(@ForAll int salt) {
        var filters = new BitSlicedBloomFilters();
        for (int segment = 0; segment < 40; segment++) {
            int number = segment;
            add(
                    filters,
                    segment,
                    filter(LongStream.range(0, BloomFilter.IDS)
                            .mapToObj(i -> IdHash.of(salt + "/" + number + "/" + i))
                            .toList()));
        }
        int asked = 20_000;
        long mistaken = IntStream.range(0, asked)
                .filter(i -> !filters.candidates(IdHash.of("absent " + salt + "/" + i))
                        .isEmpty())
                .count();
        // Two in ten thousand for each of the forty.
        assertThat(mistaken).isLessThan(asked * 2L / 100);
    }
}
