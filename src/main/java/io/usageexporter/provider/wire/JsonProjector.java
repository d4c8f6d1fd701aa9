package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;

/**
 * Keeps the selected members of a JSON object as it passes, and skips the others without buffering them. Input may be
 * split anywhere. The result is an object of those members alone, of at most {@link #MAX_KEPT} bytes; a value that does not
 * fit or is not complete is left out. Validates no more than it needs to: the result for invalid JSON may be invalid too.
 * Names are compared byte by byte, without unescaping.
 */
public final class JsonProjector {
    /** Maximum size of the result in bytes. */
    static final int MAX_KEPT = 64 * 1024;

    private static final int ROOM_TO_CLOSE = 16;
    private static final int MAX_NAME = 64;

    private enum State {
        BEFORE_OBJECT,
        BETWEEN_MEMBERS,
        IN_NAME,
        AFTER_NAME,
        BEFORE_VALUE,
        IN_VALUE,
        CLOSED,
        BROKEN
    }

    private final Map<String, FieldMask> wanted;
    private final Deque<Map<String, FieldMask>> open = new ArrayDeque<>();
    private final GrowableBuffer name = new GrowableBuffer(MAX_NAME);
    private final GrowableBuffer kept = new GrowableBuffer(MAX_KEPT);
    private final JsonValueEnd valueEnd = new JsonValueEnd();
    private State state = State.BEFORE_OBJECT;
    private boolean nameTooLong;
    private boolean escaped;
    private boolean keeping;
    private int keptBeforeValue;

    /** @param wanted the members to keep, by name */
    public JsonProjector(Map<String, FieldMask> wanted) {
        this.wanted = wanted;
    }

    /** Consumes the remaining bytes of the buffer. */
    public void read(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            switch (state) {
                case CLOSED, BROKEN -> bytes.position(bytes.limit());
                case IN_VALUE -> readValue(bytes);
                case BEFORE_VALUE -> beginValue(bytes);
                case IN_NAME -> readName(bytes);
                default -> step(bytes.get());
            }
        }
    }

    /** Whether the object is complete. */
    public boolean isClosed() {
        return state == State.CLOSED;
    }

    /** The members kept so far, as a complete object; no bytes before an object has begun. */
    public byte[] kept() {
        int length = keeping ? keptBeforeValue : kept.length();
        byte[] object = Arrays.copyOf(kept.array(), length + open.size());
        Arrays.fill(object, length, object.length, (byte) '}');
        return object;
    }

    /** Starts again with another object. */
    public void reset() {
        open.clear();
        kept.clear();
        keeping = false;
        state = State.BEFORE_OBJECT;
    }

    /** Bytes of memory in use. */
    public int retainedBytes() {
        return kept.retainedBytes() + name.retainedBytes();
    }

    private void step(byte b) {
        if (!isSpace(b)) {
            state = switch (state) {
                case BEFORE_OBJECT -> b == '{' ? begin(wanted) : State.BROKEN;
                case BETWEEN_MEMBERS -> betweenMembers(b);
                case AFTER_NAME -> b == ':' ? State.BEFORE_VALUE : State.BROKEN;
                default -> throw new IllegalStateException(state.name());
            };
        }
    }

    private State begin(Map<String, FieldMask> members) {
        open.push(members);
        kept.add((byte) '{');
        return State.BETWEEN_MEMBERS;
    }

    private State betweenMembers(byte b) {
        switch (b) {
            case ',' -> {
                return State.BETWEEN_MEMBERS;
            }
            case '"' -> {
                name.clear();
                nameTooLong = false;
                escaped = false;
                return State.IN_NAME;
            }
            case '}' -> {
                open.pop();
                kept.add((byte) '}');
                return open.isEmpty() ? State.CLOSED : State.BETWEEN_MEMBERS;
            }
            default -> {
                return State.BROKEN;
            }
        }
    }

    private void readName(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            if (b == '"' && !escaped) {
                state = State.AFTER_NAME;
                return;
            }
            escaped = b == '\\' && !escaped;
            nameTooLong |= !name.add(b);
        }
    }

    private void beginValue(ByteBuffer bytes) {
        byte b = bytes.get(bytes.position());
        if (isSpace(b)) {
            bytes.get();
            return;
        }
        if (b == ',' || b == ':' || b == '}' || b == ']') {
            state = State.BROKEN;
            return;
        }
        FieldMask value = nameTooLong
                ? null
                : open.element().get(new String(name.array(), 0, name.length(), StandardCharsets.UTF_8));
        if (value != null && value.members() != null) {
            if (b == '{' && keepName()) {
                bytes.get();
                state = begin(value.members());
                return;
            }
            value = null;
        }
        keeping = value != null && keepName();
        valueEnd.begin();
        state = State.IN_VALUE;
    }

    /** False if there is no room. */
    private boolean keepName() {
        keptBeforeValue = kept.length();
        if (kept.length() + name.length() + ROOM_TO_CLOSE > MAX_KEPT) {
            return false;
        }
        if (kept.last() != '{') {
            kept.add((byte) ',');
        }
        kept.add((byte) '"');
        kept.add(name.array(), name.length());
        kept.add((byte) '"');
        kept.add((byte) ':');
        return true;
    }

    private void readValue(ByteBuffer bytes) {
        int end = valueEnd.find(bytes);
        int until = end < 0 ? bytes.limit() : end;
        if (keeping && !keep(bytes, until)) {
            kept.truncate(keptBeforeValue);
            keeping = false;
        }
        bytes.position(until);
        if (end >= 0) {
            keeping = false;
            state = State.BETWEEN_MEMBERS;
        }
    }

    private boolean keep(ByteBuffer bytes, int until) {
        return kept.length() + until - bytes.position() + ROOM_TO_CLOSE <= MAX_KEPT
                && kept.add(bytes, bytes.position(), until);
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
