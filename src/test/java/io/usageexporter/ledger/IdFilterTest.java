package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.ledger.IdTables.Entry;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class IdFilterTest {
    @Property(tries = 300)
    void everyHashThatWasAddedMayBeContained(@ForAll @Size(max = 300) List<Long> hashes) {
        IdFilter filter =
                IdFilter.of(hashes.stream().map(hash -> new Entry(hash, 1)).toList());
        assertThat(hashes).allMatch(filter::mayContain);
        IdFilter read = IdFilter.of(filter.bytes());
        assertThat(hashes).allMatch(read::mayContain);
    }

    @Property(tries = 20)
    void fewOtherIdsAreTakenForContained(@ForAll int salt) {
        IdFilter filter = IdFilter.of(IntStream.range(0, 10_000)
                .mapToObj(i -> new Entry(IdHash.of(salt + "/" + i), i))
                .toList());
        long mistaken = LongStream.range(0, 100_000)
                .filter(i -> filter.mayContain(IdHash.of("other " + salt + "/" + i)))
                .count();
        assertThat(mistaken).isLessThan(500);
    }
}
