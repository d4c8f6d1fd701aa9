package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.event.UsageEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameCodesTest extends LedgerTestBase {
    @Test
    void repeatedNamesAreStoredOnce() throws Exception {
        append(NOW, List.of(event("a", "recommendations", "1"), event("b", "recommendations", "2")));
        reopen();
        append(NOW, List.of(event("c", "recommendations", "3")));

        assertThat(rows("name")).isEqualTo(1);
        assertThat(rows("event WHERE category = 'recommendations'")).isZero();
        for (String id : List.of("a", "b", "c")) {
            assertThat(ledger.find(id).get(0).event().category()).isEqualTo("recommendations");
        }
        assertThat(verify(file).differences()).isEmpty();
    }

    @Test
    void namesPastTheMostAreStoredAsTheyAre() throws Exception {
        var events = new ArrayList<UsageEvent>();
        for (int i = 0; i < 4200; i++) {
            events.add(event("id " + i, "category " + i, "1"));
        }
        append(NOW, events);
        reopen();

        assertThat(rows("name")).isEqualTo(4096);
        assertThat(ledger.find("id 4199").get(0).event().category()).isEqualTo("category 4199");
        assertThat(verify(file).differences()).isEmpty();
    }

    @Test
    void nameOfAFailedCommitIsStoredByTheNext() throws Exception {
        execute(file, "CREATE TRIGGER full BEFORE INSERT ON id_recent BEGIN SELECT raise(ABORT, 'full'); END");
        assertThatThrownBy(() -> append(NOW, List.of(event("a", "recommendations", "1"))))
                .isInstanceOf(LedgerException.class);
        execute(file, "DROP TRIGGER full");

        append(NOW, List.of(event("b", "recommendations", "1")));

        assertThat(rows("name")).isEqualTo(1);
        reopen();
        assertThat(ledger.find("b").get(0).event().category()).isEqualTo("recommendations");
    }

    @Test
    void alteredNameIsReportedForEachOfItsEvents() throws Exception {
        append(NOW, List.of(event("a", "recommendations", "1"), event("b", "other things", "2")));
        ledger.close();
        execute(file, "UPDATE name SET text = 'swapped' WHERE text = 'recommendations'");

        assertThat(verify(file).differences()).contains("event 1: altered since it was recorded");
        assertThat(verify(file).differences()).doesNotContain("event 2: altered since it was recorded");
    }
}
