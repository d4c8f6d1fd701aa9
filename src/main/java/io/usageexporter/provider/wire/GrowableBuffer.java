package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Collects bytes up to a bound. Grows on demand, and shrinks when it is cleared. */
public final class GrowableBuffer {
    private static final int SMALL = 1024;
    private static final byte[] NONE = {};

    private final int bound;
    private byte[] bytes = NONE;
    private int length;

    public GrowableBuffer(int bound) {
        this.bound = bound;
    }

    /** Adds a byte; false, without adding anything, if there is no room. */
    boolean add(byte b) {
        if (!makeRoom(1)) {
            return false;
        }
        bytes[length++] = b;
        return true;
    }

    /** Adds the first bytes of an array; false, without adding anything, if there is no room. */
    boolean add(byte[] more, int count) {
        if (!makeRoom(count)) {
            return false;
        }
        System.arraycopy(more, 0, bytes, length, count);
        length += count;
        return true;
    }

    /** Adds the bytes in a range of positions of a buffer; false, without adding anything, if there is no room. */
    public boolean add(ByteBuffer from, int start, int end) {
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

    /** Drops all but the first bytes. */
    void truncate(int newLength) {
        length = newLength;
    }

    public void clear() {
        length = 0;
        if (bytes.length > SMALL) {
            bytes = NONE;
        }
    }

    public int length() {
        return length;
    }

    /** The last byte; there must be one. */
    byte last() {
        return bytes[length - 1];
    }

    /** Whether the bytes are this ASCII text. Allocates nothing. */
    boolean is(String ascii) {
        boolean same = length == ascii.length();
        for (int i = 0; same && i < length; i++) {
            same = bytes[i] == ascii.charAt(i);
        }
        return same;
    }

    /** An array that starts with the {@link #length()} bytes; valid until the next change. */
    public byte[] array() {
        return bytes;
    }

    /** Bytes of memory in use. */
    int retainedBytes() {
        return bytes.length;
    }
}
