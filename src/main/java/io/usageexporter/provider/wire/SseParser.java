package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes an event stream apart (server-sent events, as the WHATWG defines them), in bytes that come in any split. Holds
 * one event at most, and of that at most {@link #MAX_DATA} bytes: a longer one is left out, and the next one is read as
 * ever. The data of an unwanted event is not held at all if its name comes first, as it does.
 */
public final class SseParser {
    /** Bytes of an event's data at most. */
    static final int MAX_DATA = 64 * 1024;

    private static final int MAX_NAME = 64;
    private static final String EVENT = "event";
    private static final String DATA = "data";

    /** Hears of every event that is wanted and has data. */
    public interface Listener {
        /**
         * Takes one event.
         *
         * @param name of the event, or empty when it has none
         * @param data an array whose first bytes are the event's data; good only during the call
         * @param length how many
         */
        void event(String name, byte[] data, int length);
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
    private boolean leftOut;

    /** @param wanted names of events, in ASCII; those without a name are wanted always */
    public SseParser(List<String> wanted, Listener listener) {
        this.wanted = List.copyOf(wanted);
        this.listener = listener;
    }

    /** Takes the next bytes, all that remain. */
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

    /** Nothing more will come. An event that lacks only the empty line after it is given as well, complete or not. */
    public void end() {
        if (lineBegun) {
            endLine();
        }
        endEvent();
    }

    /** Bytes of memory that it holds. */
    public int held() {
        return field.held() + name.held() + data.held();
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
            boolean wantedSoFar = !leftOut && (!isNamed() || wantedName() != null);
            part = wantedSoFar ? Part.DATA : Part.IGNORED;
            addData(wantedSoFar && (!hasData || data.add((byte) '\n')));
            hasData = true;
        } else {
            part = Part.IGNORED;
        }
    }

    private void addData(boolean added) {
        if (!added) {
            leftOut = true;
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
        if (hasData && !leftOut && known != null) {
            listener.event(known, data.array(), data.length());
        }
        name.clear();
        nameTooLong = false;
        data.clear();
        hasData = false;
        leftOut = false;
    }

    private boolean isNamed() {
        return name.length() > 0 || nameTooLong;
    }

    private @Nullable String wantedName() {
        for (int i = 0; i < wanted.size(); i++) { // without an iterator, since this comes for every event
            if (!nameTooLong && name.is(wanted.get(i))) {
                return wanted.get(i);
            }
        }
        return null;
    }
}
