package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.time.Duration;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events that cannot be recorded are dropped, counted and logged. */
class UsageClientDropTest extends UsageClientTestBase {
    @Test
    void invalidInputNeverThrows() {
        var broken = new AbstractCollection<UsageRecord>() {
            @Override
            public Iterator<UsageRecord> iterator() {
                throw new IllegalStateException("broken\ncollection");
            }

            @Override
            public int size() {
                return 1;
            }
        };
        client.record(null);
        client.batch(null);
        client.batch(broken);
        client.batch(Arrays.asList(null, RECORD, null));
        client.batch(List.of());
        client.record(UsageRecord.of(null));
        client.record(RECORD.amount("requests", Double.NaN));
        client.record(RECORD.id("x".repeat(1000)));
        client.record(RECORD.category("half a \ud83e pair"));
        client.record(RECORD.usage("{\"input_tokens\": 1}}"));

        assertThat(client.flush(LONG)).isEqualTo(10);
        assertThat(requests()).isEqualTo(1);
        assertThat(logged.messages())
                .hasSize(7)
                .startsWith("WARNING dropped 1 event: it is null (1 dropped in total)")
                .doesNotHaveDuplicates();
    }

    @Test
    void worksThoughLoggingThrows() {
        logged.breakDown();
        relay.then(Relay.respond(500));
        client.record(null);
        client.record(RECORD);

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(requests()).isEqualTo(1);
    }

    @Test
    void dropsOnlyTheInvalidEventsOfABatch() {
        var records = new ArrayList<>(records(10));
        records.set(3, RECORD.amount("tiles", 1));
        records.set(7, RECORD.at(clock.instant().minus(Duration.ofDays(41))));
        relay.then(Relay.respond(503)); // so that they form one batch
        client.batch(records);

        assertThat(client.flush(LONG)).isEqualTo(2);
        assertThat(client.flush(LONG)).isZero();
        assertThat(client.dropped()).isEqualTo(2);
        assertThat(client.waiting()).isZero();
        assertThat(requests()).isEqualTo(8);
        assertThat(logged.messages())
                .filteredOn(line -> line.contains("dropped"))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("WARNING dropped 1 event: usage.tiles: anthropic does not count this"),
                        line -> assertThat(line).startsWith("WARNING dropped 1 event: at must be from 40 days back"));
    }

    @Test
    void findsAndDropsAnEventThatBreaksItsBatch() {
        var records = new ArrayList<>(records(20));
        String deep = "{\"input_tokens\": 1, \"x\": " + "[".repeat(40) + "]".repeat(40) + "}";
        records.set(13, RECORD.usage(deep));
        client.batch(records);

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(requests()).isEqualTo(19);
    }

    @Test
    void halvesABatchThatIsTooLarge() {
        int most = 500;
        relay.otherwise((request, exchange) -> {
            if (request.body().length() > most) {
                Relay.respond(413).with(request, exchange);
            } else {
                relay.pass(request, exchange);
            }
        });
        var records = new ArrayList<>(records(50));
        records.set(20, RECORD.id("large").usage("{\"input_tokens\": 1, \"x\": \"" + "x".repeat(most) + "\"}"));
        client.batch(records);

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(requests()).isEqualTo(49);
    }

    @Test
    void doesNotSendAnEventThatNoExporterAccepts() {
        client.record(RECORD.usage("{\"input_tokens\": 1, \"x\": \"" + "x".repeat(1 << 20) + "\"}"));

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(relay.requests()).isEmpty();
    }

    @Test
    void dropsEventsWhenTheQueueIsFull() {
        replaceClient(settings().maxQueue(3));
        relay.otherwise(relay::stall);
        client.batch(records(10));

        assertThat(client.waiting()).isEqualTo(3);
        assertThat(client.dropped()).isEqualTo(7);
        assertThat(client.flush(Duration.ZERO)).isEqualTo(3 + 7);
        assertThat(client.flush(Duration.ofMillis(1))).isEqualTo(3);
        assertThat(logged.messages()).singleElement(STRING).contains("WARNING dropped 1 event: the queue is full");
    }
}
