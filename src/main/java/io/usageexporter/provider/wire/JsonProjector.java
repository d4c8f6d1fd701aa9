package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;

/**
 * Keeps the wanted members of a JSON object as it passes, and skips the others without holding them. Takes the bytes
 * in any split. What it keeps is an object of those members alone, of at most {@link #MAX_KEPT} bytes; a value for which
 * there is no room, or whose end has not come, is left out. Checks no more than it must to find its way: what it keeps
 * of an object that is not valid JSON need not be valid either. Names are compared byte by byte, without escapes.
 */
public final class JsonProjector {
    /** Bytes kept at most. */
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

    /** Takes the next bytes, all that remain. */
    public void read(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            switch (state) {
                case CLOSED, BROKEN -> bytes.position(bytes.limit());
                case IN_VALUE -> readValue(bytes);
                case BEFORE_VALUE -> beginValue(bytes);
                default -> step(bytes.get());
            }
        }
    }

    /** Whether the object has come to its end. */
    public boolean isClosed() {
        return state == State.CLOSED;
    }

    /** What has been kept so far, as a complete object; empty before one has begun. */
    public byte[] kept() {
        int length = keeping ? keptBeforeValue : kept.length();
        byte[] object = Arrays.copyOf(kept.array(), length + open.size());
        Arrays.fill(object, length, object.length, (byte) '}');
        return object;
    }

    /** Forgets everything, and waits for another object. */
    public void reset() {
        open.clear();
        kept.clear();
        keeping = false;
        state = State.BEFORE_OBJECT;
    }

    /** Bytes of memory that it holds. */
    public int held() {
        return kept.held() + name.held();
    }

    private void step(byte b) {
        if (state == State.IN_NAME) {
            readName(b);
        } else if (!isSpace(b)) {
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

    private void readName(byte b) {
        if (b == '"' && !escaped) {
            state = State.AFTER_NAME;
        } else {
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

    /** Whether there was room. */
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
            kept.cutTo(keptBeforeValue);
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
