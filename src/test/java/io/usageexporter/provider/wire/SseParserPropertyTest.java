package io.usageexporter.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** The events of any stream are the same however it is split, and memory is bounded. */
class SseParserPropertyTest {
    private static final List<String> WANTED = List.of("start", "stop");

    private static final List<String> PIECES = List.of(
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            ":",
            ": ",
            " ",
            "event",
            "data",
            "id",
            "retry",
            "event: start",
            "event:stop",
            "event: é",
            "event: other",
            "data: {\"a\": 1}",
            "data:  x",
            "data:é🤖",
            "\uFEFF",
            "event: start\ndata: 1\n\n",
            "event: other\r\ndata: 2\r\n\r\n",
            "\u0000",
            "data: [DONE]\n\n");

    @Property(tries = 3000)
    void eventsAreThoseOfASimpleParser(
            @ForAll("streams") String stream, @ForAll @IntRange(min = 1, max = 40) int chunk) {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);

        assertThat(events(bytes, chunk)).isEqualTo(simple(stream));
    }

    @Property(tries = 3000)
    void anySplitGivesTheSameEvents(
            @ForAll("junk") byte[] junk, @ForAll List<@IntRange(min = 1, max = 20) Integer> splits) {
        var events = new ArrayList<String>();
        SseParser parser = parser(events);
        int from = 0;
        for (int i = 0; from < junk.length; i++) {
            int size = splits.isEmpty() ? junk.length : splits.get(i % splits.size());
            int length = Math.min(size, junk.length - from);
            parser.read(ByteBuffer.wrap(junk, from, length));
            assertThat(parser.retainedBytes()).isLessThanOrEqualTo(SseParser.MAX_DATA + 128);
            from += length;
        }
        parser.end();

        assertThat(events).isEqualTo(events(junk, Integer.MAX_VALUE));
    }

    static List<String> events(byte[] stream, int chunk) {
        var events = new ArrayList<String>();
        SseParser parser = parser(events);
        for (int from = 0; from < stream.length; from += chunk) {
            parser.read(ByteBuffer.wrap(stream, from, Math.min(chunk, stream.length - from)));
        }
        parser.end();
        return events;
    }

    private static SseParser parser(List<String> events) {
        return new SseParser(
                WANTED,
                (name, data, length) -> events.add(name + "|" + new String(data, 0, length, StandardCharsets.UTF_8)));
    }

    /**
     * The rules of event streams in the simplest form, for a complete text. An event whose data follows an unwanted name is
     * skipped, even if a wanted name comes later.
     */
    private static List<String> simple(String stream) {
        var events = new ArrayList<String>();
        String text = stream.startsWith("\uFEFF") ? stream.substring(1) : stream;
        String name = "";
        StringBuilder data = new StringBuilder();
        boolean skipped = false;
        for (String line : (text + "\n\n").split("\r\n|\n|\r", -1)) {
            if (line.isEmpty()) {
                if (data.length() > 0 && !skipped && (name.isEmpty() || WANTED.contains(name))) {
                    events.add(name + "|" + data.substring(0, data.length() - 1));
                }
                name = "";
                data.setLength(0);
                skipped = false;
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            if (field.equals("event")) {
                name = value;
            } else if (field.equals("data")) {
                skipped |= !name.isEmpty() && !WANTED.contains(name);
                data.append(value).append('\n');
            }
        }
        return events;
    }

    /** Events with the name first, last or missing; all line ends; comments in between. */
    @Provide
    Arbitrary<String> streams() {
        Arbitrary<String> values = Arbitraries.of(
                        "a", "b", " ", ":", "é", "🤖", "{", "}", "\"", "\\", "\u0000", "\uFEFF", "event: stop")
                .list()
                .ofMaxSize(20)
                .map(list -> String.join("", list));
        Arbitrary<String> spaces = Arbitraries.of("", " ");
        Arbitrary<String> ends = Arbitraries.of("\n", "\r", "\r\n");
        Arbitrary<String> dataLine =
                Combinators.combine(spaces, values, ends).as((space, value, end) -> "data:" + space + value + end);
        Arbitrary<String> nameLine = Combinators.combine(
                        spaces, Arbitraries.of("start", "stop", "é", "other", "startx", ""), ends)
                .as((space, name, end) -> "event:" + space + name + end);
        Arbitrary<String> otherLine = Combinators.combine(
                        Arbitraries.of(":", ": data: x", "id: 1", "id", "retry: 5", "dataa: 1", "dat", "eventt: stop"),
                        ends)
                .as((line, end) -> line + end);
        Arbitrary<String> lines = Arbitraries.frequencyOf(Tuple.of(4, dataLine), Tuple.of(1, otherLine))
                .list()
                .ofMaxSize(4)
                .map(list -> String.join("", list));
        Arbitrary<String> event = Combinators.combine(Arbitraries.of(0, 1, 2), nameLine, lines, ends)
                .as((where, name, body, end) -> switch (where) {
                    case 0 -> name + body + end;
                    case 1 -> body + name + end;
                    default -> body + end;
                });
        return Combinators.combine(Arbitraries.of("", "\uFEFF"), event.list().ofMaxSize(6))
                .as((mark, events) -> mark + String.join("", events));
    }

    @Provide
    Arbitrary<byte[]> junk() {
        Arbitrary<byte[]> pieces = Arbitraries.of(PIECES).map(text -> text.getBytes(StandardCharsets.UTF_8));
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(5);
        return Arbitraries.frequencyOf(Tuple.of(6, pieces), Tuple.of(1, bytes))
                .list()
                .ofMaxSize(30)
                .map(list -> {
                    var all = new ByteArrayOutputStream();
                    list.forEach(all::writeBytes);
                    return all.toByteArray();
                });
    }
}
