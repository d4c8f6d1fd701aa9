package io.usageexporter.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ingest.InvalidBodyException.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads posted bodies: one event, an array, or one event per line. Accepts all of a body or nothing. Does not block;
 * time and memory are proportional to the body.
 */
public final class BodyReader {
    /** The maximum size of an event. */
    public static final int MAX_EVENT_BYTES = 1 << 20;

    /** The maximum size of a batch. */
    public static final int MAX_BATCH_BYTES = 16 << 20;

    /** The maximum number of invalid events that are reported; a body may contain hundreds of thousands. */
    public static final int MAX_FAULTS = 10_000;

    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(100)
                    .maxNameLength(1000)
                    .build())
            .build();

    private static final int FAULTS_IN_DETAIL = 3;

    /** Batches up to this size need no reservation. */
    private static final int EVENTS_WITHOUT_RESERVATION = 2000;

    private static final int EVENTS_PER_RESERVATION = 1000;

    /** Until it is recorded, an event with an id takes as much memory as this many without. */
    private static final int EVENTS_PER_ID = 2;

    private final IngestConfig config;
    private final Instant now;
    private final byte[] body;
    private final MemoryBudget memory;
    private final List<UsageEvent> events = new ArrayList<>();
    private final List<Integer> indexes = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private int unreserved;
    private int count;
    private int faulty;
    private int lastFaulty = -1;

    private BodyReader(IngestConfig config, Instant now, byte[] body, MemoryBudget memory) {
        this.config = config;
        this.now = now;
        this.body = body;
        this.memory = memory;
    }

    /** Reserves memory for events of a body. */
    public interface MemoryBudget {
        boolean reserve(int events);
    }

    /**
     * Reads an event or an array of events.
     *
     * @param memory asked while the events of a large batch are read
     */
    public static List<UsageEvent> readJson(IngestConfig config, Instant now, byte[] body, MemoryBudget memory)
            throws InvalidBodyException {
        return new BodyReader(config, now, body, memory).readJson();
    }

    /** Reads one event per line; empty lines are skipped. Otherwise like {@link #readJson}. */
    public static List<UsageEvent> readLines(IngestConfig config, Instant now, byte[] body, MemoryBudget memory)
            throws InvalidBodyException {
        return new BodyReader(config, now, body, memory).readLines();
    }

    /** Reads one event per line as {@link #readLines} does, but keeps the valid ones where others are not. */
    public static ImportLines readValidLines(IngestConfig config, Instant now, byte[] body, MemoryBudget memory)
            throws InvalidBodyException {
        var reader = new BodyReader(config, now, body, memory);
        reader.forEachLine();
        return new ImportLines(reader.events, reader.indexes, reader.faults);
    }

    private List<UsageEvent> readJson() throws InvalidBodyException {
        JsonParser parser = parser(body);
        boolean batch = false;
        try (parser) {
            JsonToken first = parser.nextToken();
            batch = first == JsonToken.START_ARRAY;
            if (batch) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    readEvent(parser, body);
                }
            } else if (first == JsonToken.START_OBJECT) {
                readEvent(parser, body);
            } else {
                throw InvalidBodyException.malformed(
                        first == null
                                ? "the body is empty; send an event"
                                : "the body must be an event object or an array");
            }
            if (parser.nextToken() != null) {
                throw InvalidBodyException.malformed("unexpected content after the end of the JSON, at "
                        + position(parser) + "; one event per line needs Content-Type: application/x-ndjson");
            }
        } catch (IOException e) {
            throw InvalidBodyException.malformed((batch ? "event [" + count + "]: " : "") + notJson(e, parser));
        }
        return result(batch);
    }

    private List<UsageEvent> readLines() throws InvalidBodyException {
        forEachLine();
        return result(true);
    }

    private void forEachLine() throws InvalidBodyException {
        int from = 0;
        while (from < body.length) {
            int until = from;
            while (until < body.length && body[until] != '\n') {
                until++;
            }
            if (!isBlank(from, until)) {
                readLine(Arrays.copyOfRange(body, from, until));
            }
            from = until + 1;
        }
    }

    private boolean isBlank(int from, int until) {
        for (int i = from; i < until; i++) {
            if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    private void readLine(byte[] line) throws InvalidBodyException {
        checkSize(line.length);
        int before = count;
        JsonParser parser = parser(line);
        try (parser) {
            parser.nextToken();
            readEvent(parser, line);
            if (parser.nextToken() != null) {
                fault(before, "unexpected content after the event on its line");
            }
        } catch (IOException e) {
            count = before + 1;
            fault(before, notJson(e, parser));
        }
    }

    /** Reads the event at the current token. If it is invalid, that is noted, and the parser moves to its end. */
    private void readEvent(JsonParser parser, byte[] text) throws IOException, InvalidBodyException {
        boolean isLong = text.length > MAX_EVENT_BYTES;
        long start = isLong ? parser.currentTokenLocation().getByteOffset() : 0;
        int depth = parser.getParsingContext().getNestingDepth();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            fault(count, "an event must be an object");
        } else {
            try {
                UsageEvent event = EventReader.read(config, now, text, parser);
                events.add(event);
                indexes.add(count);
                reserveMemory(event.id() == null ? 1 : EVENTS_PER_ID);
            } catch (InvalidEventException e) {
                fault(count, String.valueOf(e.getMessage()));
                skipToEnd(parser, depth);
            }
        }
        count++;
        if (isLong) {
            checkSize(parser.currentLocation().getByteOffset() - start);
        }
    }

    private void reserveMemory(int forEvents) throws InvalidBodyException {
        unreserved += forEvents;
        if (unreserved >= EVENTS_PER_RESERVATION && events.size() > EVENTS_WITHOUT_RESERVATION) {
            if (!memory.reserve(unreserved)) {
                throw InvalidBodyException.outOfMemory(unreserved);
            }
            unreserved = 0;
        }
    }

    /** Moves to the end of the object or array of this depth, from anywhere inside it or from that end. */
    static void skipToEnd(JsonParser parser, int depth) throws IOException {
        while (parser.getParsingContext().getNestingDepth() >= depth) {
            if (parser.nextToken() == null) {
                return;
            }
        }
    }

    private static void checkSize(long bytes) throws InvalidBodyException {
        if (bytes > MAX_EVENT_BYTES) {
            throw InvalidBodyException.tooLarge("an event may have at most 1 MiB (" + MAX_EVENT_BYTES + " bytes)");
        }
    }

    /** Notes the first fault of an event, in order. Keeps at most {@link #MAX_FAULTS}. */
    private void fault(int index, String detail) {
        if (index == lastFaulty) {
            return;
        }
        lastFaulty = index;
        faulty++;
        if (!indexes.isEmpty() && indexes.get(indexes.size() - 1) == index) { // what follows it is the fault
            indexes.remove(indexes.size() - 1);
            events.remove(events.size() - 1);
        }
        if (faults.size() < MAX_FAULTS) {
            faults.add(new Fault(index, detail));
        }
    }

    private List<UsageEvent> result(boolean batch) throws InvalidBodyException {
        if (faults.isEmpty()) {
            return events;
        }
        if (!batch) {
            throw InvalidBodyException.malformed(faults.get(0).detail());
        }
        var detail = new StringBuilder()
                .append(faulty)
                .append(" of ")
                .append(count)
                .append(" events cannot be recorded, so none were");
        faults.stream()
                .limit(FAULTS_IN_DETAIL)
                .forEach(fault ->
                        detail.append("; [").append(fault.index()).append("] ").append(fault.detail()));
        throw InvalidBodyException.faulty(
                detail.append(faulty > FAULTS_IN_DETAIL ? "; …" : "").toString(), faults, count);
    }

    /**
     * JSON is UTF-8 (RFC 8259, section 8.1); the parser would also accept UTF-16, whose first two bytes contain a 0.
     */
    private static JsonParser parser(byte[] text) throws InvalidBodyException {
        if (text.length > 1 && (text[0] == 0 || text[1] == 0 || text[0] == (byte) 0xFE || text[0] == (byte) 0xFF)) {
            throw InvalidBodyException.malformed("the body must be UTF-8");
        }
        try {
            return JSON.createParser(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names the position and the field, but does not repeat what was sent. */
    private static String notJson(IOException e, JsonParser parser) {
        String field = parser.getParsingContext().pathAsPointer().toString();
        String where = field.isEmpty() ? "" : ", in " + field.substring(1).replace('/', '.');
        String limits = e instanceof StreamConstraintsException
                ? "; a number may have 100 digits, a name 1000 characters, and objects may nest 32 deep"
                : "";
        return "not valid JSON at " + position(parser) + where + limits;
    }

    private static String position(JsonParser parser) {
        var location = parser.currentLocation();
        return "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
