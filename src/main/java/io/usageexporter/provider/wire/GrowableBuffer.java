package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that are gathered up to a bound. Grows as it must, and holds little again when it is cleared. */
final class GrowableBuffer {
    private static final int SMALL = 1024;
    private static final byte[] NONE = {};

    private final int bound;
    private byte[] bytes = NONE;
    private int length;

    GrowableBuffer(int bound) {
        this.bound = bound;
    }

    /** Whether it was within the bound; if not, nothing has been added. */
    boolean add(byte b) {
        if (!makeRoom(1)) {
            return false;
        }
        bytes[length++] = b;
        return true;
    }

    /** Adds the first bytes of an array; as {@link #add(byte)} does. */
    boolean add(byte[] more, int count) {
        if (!makeRoom(count)) {
            return false;
        }
        System.arraycopy(more, 0, bytes, length, count);
        length += count;
        return true;
    }

    /** Adds the bytes of a buffer from one position to before another; as {@link #add(byte)} does. */
    boolean add(ByteBuffer from, int start, int end) {
        if (!makeRoom(end - start)) {
            return false;
        }
        from.get(start, bytes, length, end - start);
        length += end - start;
        return true;
    }

    private boolean makeRoom(int more) {
        if (more > bound - length) {
            return false;
        }
        if (length + more > bytes.length) {
            int doubled = Math.max(length + more, Math.max(SMALL, 2 * bytes.length));
            bytes = Arrays.copyOf(bytes, Math.min(bound, doubled));
        }
        return true;
    }

    /** Forgets all but the first bytes. */
    void cutTo(int newLength) {
        length = newLength;
    }

    void clear() {
        length = 0;
        if (bytes.length > SMALL) {
            bytes = NONE;
        }
    }

    int length() {
        return length;
    }

    /** The last byte of those that there are. */
    byte last() {
        return bytes[length - 1];
    }

    /** Whether they are this text in ASCII. Allocates nothing. */
    boolean is(String ascii) {
        boolean same = length == ascii.length();
        for (int i = 0; same && i < length; i++) {
            same = bytes[i] == ascii.charAt(i);
        }
        return same;
    }

    /** The array whose first {@link #length()} bytes these are; good until the next change. */
    byte[] array() {
        return bytes;
    }

    /** Bytes of memory that it holds. */
    int held() {
        return bytes.length;
    }
}
