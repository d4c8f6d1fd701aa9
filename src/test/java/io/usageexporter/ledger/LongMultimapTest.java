package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LongMultimapTest {
    private final LongMultimap map = new LongMultimap();

    /** Hashes that crowd the first and the last slots, so that entries of several hashes stand in each other's way. */
    @Property
    void findsWhatAPlainMapFindsInTheOrderOfAdding(
            @ForAll @Size(max = 3000) List<@IntRange(min = -300, max = 300) Integer> hashes) {
        var crowded = new LongMultimap();
        for (int round = 0; round < 2; round++) {
            crowded.clear();
            var plain = new HashMap<Long, List<Long>>();
            long value = 0;
            for (long hash : hashes) {
                value++;
                crowded.add(hash, value);
                plain.computeIfAbsent(hash, key -> new ArrayList<>()).add(value);
            }

            assertThat(crowded.size()).isEqualTo(hashes.size());
            for (long hash = -301; hash <= 301; hash++) {
                List<Long> expected = plain.getOrDefault(hash, List.of());
                assertThat(valuesOf(crowded, hash)).isEqualTo(expected);
                assertThat(crowded.first(hash)).isEqualTo(expected.isEmpty() ? 0 : expected.get(0));
            }
            assertThat(all(crowded)).isEqualTo(sorted(plain));
        }
    }

    private static List<Long> valuesOf(LongMultimap map, long hash) {
        var values = new ArrayList<Long>();
        map.forEach(hash, values::add);
        return values;
    }

    private static Map<Long, List<Long>> all(LongMultimap map) {
        var all = new HashMap<Long, List<Long>>();
        map.forEach((hash, value) ->
                all.computeIfAbsent(hash, key -> new ArrayList<>()).add(value));
        return sorted(all);
    }

    private static Map<Long, List<Long>> sorted(Map<Long, List<Long>> map) {
        map.values().forEach(values -> values.sort(null));
        return map;
    }

    @Test
    void zeroCannotBeAdded() {
        assertThatIllegalArgumentException().isThrownBy(() -> map.add(1, 0));
    }
}
