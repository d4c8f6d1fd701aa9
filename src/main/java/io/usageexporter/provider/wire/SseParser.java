package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses an event stream (server-sent events, as defined by the WHATWG) in input split anywhere. Buffers one event at a
 * time, up to {@link #MAX_DATA} bytes; longer events are skipped. The data of an unwanted event is not buffered if its name
 * comes first, as it usually does.
 */
public final class SseParser {
    /** Maximum size of an event's data in bytes. */
    static final int MAX_DATA = 64 * 1024;

    private static final int MAX_NAME = 64;
    private static final String EVENT = "event";
    private static final String DATA = "data";

    /** Receives the wanted events that have data. */
    public interface Listener {
        /**
         * Receives an event.
         *
         * @param name empty if the event has none
         * @param data an array that starts with the event's data; valid only during the call
         * @param length of the data in bytes
         */
        void onEvent(String name, byte[] data, int length);
    }

    private enum Part {
        FIELD,
        BEFORE_VALUE,
        NAME,
        DATA,
        IGNORED
    }

    private final List<String> wanted;
    private final Listener listener;
    private final ByteOrderMark mark = new ByteOrderMark();
    private final GrowableBuffer field = new GrowableBuffer(EVENT.length() + 1);
    private final GrowableBuffer name = new GrowableBuffer(MAX_NAME);
    private final GrowableBuffer data = new GrowableBuffer(MAX_DATA);
    private Part part = Part.FIELD;
    private boolean lineBegun;
    private boolean afterReturn;
    private boolean nameTooLong;
    private boolean hasData;
    private boolean skipped;

    /** @param wanted names of events, in ASCII; events without a name are always wanted */
    public SseParser(List<String> wanted, Listener listener) {
        this.wanted = List.copyOf(wanted);
        this.listener = listener;
    }

    /** Consumes the remaining bytes of the buffer. */
    public void read(ByteBuffer bytes) {
        if (!mark.isPast()) {
            mark.skip(bytes, this::step);
        }
        while (bytes.hasRemaining()) {
            if (part == Part.DATA || part == Part.IGNORED) {
                readToEndOfLine(bytes);
            } else {
                step(bytes.get());
            }
        }
    }

    /** Ends the stream. An event without the blank line after it is passed on as well, complete or not. */
    public void end() {
        if (lineBegun) {
            endLine();
        }
        endEvent();
    }

    /** Bytes of memory in use. */
    public int retainedBytes() {
        return field.retainedBytes() + name.retainedBytes() + data.retainedBytes();
    }

    private void step(byte b) {
        boolean secondHalf = b == '\n' && afterReturn;
        afterReturn = b == '\r';
        if (secondHalf) {
            return;
        }
        if (b != '\n' && b != '\r') {
            lineBegun = true;
            readByte(b);
        } else if (lineBegun) {
            endLine();
        } else {
            endEvent();
        }
    }

    private void readByte(byte b) {
        switch (part) {
            case FIELD -> readField(b);
            case BEFORE_VALUE -> {
                beginValue();
                if (b != ' ') {
                    readByte(b);
                }
            }
            case NAME -> nameTooLong |= !name.add(b);
            case DATA -> addData(data.add(b));
            case IGNORED -> {}
        }
    }

    private void readField(byte b) {
        if (b == ':') {
            part = Part.BEFORE_VALUE;
        } else if (!field.add(b)) {
            part = Part.IGNORED;
        }
    }

    private void beginValue() {
        if (field.is(EVENT)) {
            name.clear();
            nameTooLong = false;
            part = Part.NAME;
        } else if (field.is(DATA)) {
            boolean wantedSoFar = !skipped && (!isNamed() || wantedName() != null);
            part = wantedSoFar ? Part.DATA : Part.IGNORED;
            addData(wantedSoFar && (!hasData || data.add((byte) '\n')));
            hasData = true;
        } else {
            part = Part.IGNORED;
        }
    }

    private void addData(boolean added) {
        if (!added) {
            skipped = true;
            data.clear();
            part = Part.IGNORED;
        }
    }

    private void readToEndOfLine(ByteBuffer bytes) {
        int start = bytes.position();
        int end = start;
        while (end < bytes.limit() && bytes.get(end) != '\n' && bytes.get(end) != '\r') {
            end++;
        }
        if (part == Part.DATA) {
            addData(data.add(bytes, start, end));
        }
        bytes.position(end);
        if (end < bytes.limit()) {
            step(bytes.get());
        }
    }

    private void endLine() {
        if (part == Part.FIELD || part == Part.BEFORE_VALUE) {
            beginValue();
        }
        field.clear();
        part = Part.FIELD;
        lineBegun = false;
    }

    private void endEvent() {
        String known = isNamed() ? wantedName() : "";
        if (hasData && !skipped && known != null) {
            listener.onEvent(known, data.array(), data.length());
        }
        name.clear();
        nameTooLong = false;
        data.clear();
        hasData = false;
        skipped = false;
    }

    private boolean isNamed() {
        return name.length() > 0 || nameTooLong;
    }

    private @Nullable String wantedName() {
        for (int i = 0; i < wanted.size(); i++) { // without an iterator, since this runs for every event
            if (!nameTooLong && name.is(wanted.get(i))) {
                return wanted.get(i);
            }
        }
        return null;
    }
}
