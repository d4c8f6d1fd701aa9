package io.usageexporter.gateway;

import java.nio.ByteBuffer;

/**
 * Takes a chunked body apart (RFC 9112, section 7.1), and drops extensions and trailers. What the grammar does not allow
 * is an error. Not thread-safe.
 */
final class ChunkDecoder {
    private static final int MAX_SIZE_DIGITS = 15;
    private static final int MAX_LINE_BYTES = 16 * 1024;
    private static final int MAX_TRAILER_BYTES = 64 * 1024;
    private static final int HEX = 16;

    private State state = State.SIZE;
    private long left;
    private int digits;
    private int lineBytes;
    private int trailerBytes;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER,
        LAST_LF,
        COMPLETE
    }

    /** Whether the last chunk and all trailers are read. */
    boolean isComplete() {
        return state == State.COMPLETE;
    }

    /** Reads until one of the two is used up, or the body is complete. */
    void decode(ByteBuffer from, ByteBuffer to) throws MalformedResponseException {
        while (from.hasRemaining() && state != State.COMPLETE) {
            if (state == State.DATA) {
                if (!to.hasRemaining()) {
                    return;
                }
                copy(from, to);
            } else {
                take(from.get());
            }
        }
    }

    private void copy(ByteBuffer from, ByteBuffer to) {
        int count = (int) Math.min(left, Math.min(from.remaining(), to.remaining()));
        to.put(from.slice().limit(count));
        from.position(from.position() + count);
        left -= count;
        if (left == 0) {
            state = State.DATA_CR;
        }
    }

    private void take(byte next) throws MalformedResponseException {
        switch (state) {
            case SIZE -> size(next);
            case EXTENSION -> {
                if (next == '\r') {
                    state = State.SIZE_LF;
                } else {
                    check(next != '\n' && ++lineBytes <= MAX_LINE_BYTES);
                }
            }
            case SIZE_LF -> {
                check(next == '\n');
                state = left == 0 ? State.TRAILER_START : State.DATA;
                digits = 0;
                lineBytes = 0;
            }
            case DATA_CR -> {
                check(next == '\r');
                state = State.DATA_LF;
            }
            case DATA_LF -> {
                check(next == '\n');
                state = State.SIZE;
            }
            case TRAILER_START -> {
                check(next != '\n');
                state = next == '\r' ? State.LAST_LF : State.TRAILER;
            }
            case TRAILER -> {
                check(++trailerBytes <= MAX_TRAILER_BYTES);
                state = next == '\n' ? State.TRAILER_START : State.TRAILER;
            }
            case LAST_LF -> {
                check(next == '\n');
                state = State.COMPLETE;
            }
            case DATA, COMPLETE -> throw new IllegalStateException(state.name());
        }
    }

    private void size(byte next) throws MalformedResponseException {
        int digit = Character.digit(next, HEX);
        if (digit >= 0) {
            check(++digits <= MAX_SIZE_DIGITS);
            left = left * HEX + digit;
        } else {
            check(digits > 0 && (next == '\r' || next == ';' || next == ' ' || next == '\t'));
            state = next == '\r' ? State.SIZE_LF : State.EXTENSION;
        }
    }

    private static void check(boolean valid) throws MalformedResponseException {
        if (!valid) {
            throw new MalformedResponseException("a chunked body that is not well-formed");
        }
    }
}
