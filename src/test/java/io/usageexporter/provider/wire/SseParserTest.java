package io.usageexporter.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.anthropic.ExtractorFixture;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserTest {
    private static final List<String> WANTED = List.of("start", "stop");

    private final List<String> events = new ArrayList<>();
    private final SseParser parser = new SseParser(
            WANTED,
            (name, data, length) -> events.add(name + "|" + new String(data, 0, length, StandardCharsets.UTF_8)));

    @Test
    void eventHasNameAndData() {
        assertEvents("event: start\ndata: {\"a\": 1}\n\n", "start|{\"a\": 1}");
    }

    @Test
    void linesEndInCrLfOrBoth() {
        assertEvents(
                "event: start\rdata: 1\r\revent: start\r\ndata: 2\r\n\r\nevent: start\ndata: 3\n\n",
                "start|1",
                "start|2",
                "start|3");
    }

    @Test
    void crLfSplitBetweenReadsIsOneLineEnd() {
        read("data: 1\r");
        read("\ndata: 2\r");
        read("\n\r");
        assertThat(events).containsExactly("|1\n2");
        read("\ndata: 3\n\n");
        assertThat(events).containsExactly("|1\n2", "|3");
    }

    @Test
    void byteOrderMarkIsSkipped() {
        assertEvents("\uFEFFevent: start\ndata: 1\n\n", "start|1");
    }

    @Test
    void byteOrderMarkMayBeSplit() {
        for (byte b : ExtractorFixture.utf8("\uFEFFdata: 1\n\n")) {
            parser.read(ByteBuffer.wrap(new byte[] {b}));
        }
        assertThat(events).containsExactly("|1");
    }

    @Test
    void onlyTheFirstByteOrderMarkIsSkipped() {
        assertEvents("\uFEFF\uFEFFdata: 1\ndata: \uFEFF2\n\n", "|\uFEFF2");
    }

    @Test
    void incompleteByteOrderMarkIsText() {
        parser.read(ByteBuffer.wrap(new byte[] {(byte) 0xEF, (byte) 0xBB}));
        read("data: 1\ndata: 2\n\n");
        assertThat(events).containsExactly("|2");
    }

    @Test
    void commentsIdsAndRetriesAreIgnored() {
        assertEvents(": hello\n:\nid: 5\nretry: 100\nevent: start\n: data: 9\ndata: 1\nid\nother: data\n\n", "start|1");
    }

    @Test
    void oneSpaceAfterTheColonIsSkipped() {
        assertEvents("event:start\ndata:1\n\nevent: stop\ndata:  2 \n\n", "start|1", "stop| 2 ");
    }

    @Test
    void linesOfDataAreJoined() {
        assertEvents("data: {\ndata:\ndata\ndata: }\n\n", "|{\n\n\n}");
    }

    @Test
    void eventWithoutDataIsIgnored() {
        assertEvents("event: start\n\n\n\ndata: 1\n\n", "|1");
    }

    @Test
    void emptyDataIsData() {
        assertEvents("event: start\ndata\n\n", "start|");
    }

    @Test
    void lastNameWins() {
        assertEvents("event: start\nevent: stop\ndata: 1\n\nevent: start\nevent\ndata: 2\n\n", "stop|1", "|2");
    }

    @Test
    void nameMayFollowTheData() {
        assertEvents("data: 1\nevent: start\n\ndata: 2\nevent: other\n\n", "start|1");
    }

    @Test
    void eventsWithOtherNamesAreSkipped() {
        assertEvents(
                "event: Start\ndata: 1\n\nevent: star\ndata: 2\n\nevent: starts\ndata: 3\n\nevent:  start\ndata: 4\n\n"
                        + "event: " + "start".repeat(100) + "\ndata: 5\n\n");
    }

    @Test
    void otherFieldsAreIgnored() {
        assertEvents("dat: 1\ndatas: 2\n data: 3\nDATA: 4\ndata : 5\n" + "data".repeat(100) + ": 6\n\n");
    }

    @Test
    void nameInsideDataIsData() {
        assertEvents("event: start\ndata: event: stop\\n\\ndata: {\n\n", "start|event: stop\\n\\ndata: {");
    }

    @Test
    void eventWithoutBlankLineIsPassedOnAtTheEnd() {
        read("event: start\ndata: 1");
        assertThat(events).isEmpty();
        parser.end();
        assertThat(events).containsExactly("start|1");
    }

    @Test
    void endAfterCompleteEventsAddsNothing() {
        read("event: start\ndata: 1\n\n");
        parser.end();
        assertThat(events).containsExactly("start|1");
    }

    @Test
    void tooLongEventIsSkippedAndTheNextIsRead() {
        String longest = "x".repeat(SseParser.MAX_DATA);
        read("data: " + longest + "\n\n");
        assertThat(events).containsExactly("|" + longest);
        assertThat(parser.retainedBytes()).isLessThan(2048);
        events.clear();

        read("event: start\ndata: " + longest + "x\ndata: 9\n\nevent: stop\ndata: 2\n\n");
        read("data: " + longest.substring(1) + "\ndata: 9\n\nevent: stop\ndata: 3\n\n");
        assertThat(events).containsExactly("stop|2", "stop|3");
    }

    @Test
    void memoryIsBoundedForEventsOfAnyLength() {
        read("event: start\ndata: ");
        for (int i = 0; i < 100; i++) {
            read("x".repeat(10_000));
            assertThat(parser.retainedBytes()).isLessThanOrEqualTo(SseParser.MAX_DATA + 128);
        }
        read("y".repeat(10_000) + ": 1\nevent: " + "z".repeat(1_000_000));
        assertThat(parser.retainedBytes()).isLessThanOrEqualTo(SseParser.MAX_DATA + 128);
        assertThat(events).isEmpty();
    }

    @Test
    void unwantedEventsAreNeitherBufferedNorAllocateMemory() {
        ByteBuffer delta =
                ByteBuffer.wrap(ExtractorFixture.utf8("event: content_block_delta\ndata: " + "x".repeat(500) + "\n\n"));
        readMany(delta, 20_000);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        readMany(delta, 10_000);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
        assertThat(parser.retainedBytes()).isLessThan(128);
        assertThat(events).isEmpty();
    }

    private void readMany(ByteBuffer event, int times) {
        for (int i = 0; i < times; i++) {
            event.rewind();
            parser.read(event);
        }
    }

    private void assertEvents(String stream, String... expected) {
        read(stream);
        assertThat(events).containsExactly(expected);
    }

    private void read(String text) {
        parser.read(ByteBuffer.wrap(ExtractorFixture.utf8(text)));
    }
}
