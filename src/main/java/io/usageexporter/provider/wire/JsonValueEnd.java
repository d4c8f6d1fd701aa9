package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;

/** Finds the end of a JSON value in input split anywhere. Buffers nothing. */
final class JsonValueEnd {
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean inScalar;

    /** Starts at the first byte of a value, which is no white space, comma, colon or closing bracket. */
    void begin() {
        depth = 0;
        inString = false;
        escaped = false;
        inScalar = false;
    }

    /** The position after the value's last byte, or -1 if the value continues. Does not move the buffer's position. */
    int find(ByteBuffer bytes) {
        int limit = bytes.limit();
        for (int i = bytes.position(); i < limit; i++) {
            byte b = bytes.get(i);
            if (inString) {
                if (endsString(b) && depth == 0) {
                    return i + 1;
                }
            } else if (inScalar) {
                if (endsScalar(b)) {
                    return i;
                }
            } else if (b == '"') {
                inString = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                depth--;
                if (depth == 0) {
                    return i + 1;
                }
            } else if (depth == 0) {
                inScalar = true;
            }
        }
        return -1;
    }

    private boolean endsString(byte b) {
        if (escaped) {
            escaped = false;
        } else if (b == '\\') {
            escaped = true;
        } else if (b == '"') {
            inString = false;
            return true;
        }
        return false;
    }

    private static boolean endsScalar(byte b) {
        return switch (b) {
            case ',', ':', '"', '{', '}', '[', ']', ' ', '\n', '\r', '\t' -> true;
            default -> false;
        };
    }
}
