package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;

/** The three bytes with which UTF-8 text may begin, and which are no part of it, in bytes that come in any split. */
public final class ByteOrderMark {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private int matched;
    private boolean past;

    /** Takes one byte. */
    public interface Text {
        void take(byte b);
    }

    /** Whether the text has begun. */
    boolean isPast() {
        return past;
    }

    /** Skips what is left of the mark. Bytes of it that turn out to be text, since others follow, go to that. */
    public void skip(ByteBuffer bytes, Text text) {
        while (!past && bytes.hasRemaining()) {
            if (bytes.get(bytes.position()) == MARK[matched]) {
                bytes.get();
                matched++;
                past = matched == MARK.length;
            } else {
                past = true;
                for (int i = 0; i < matched; i++) {
                    text.take(MARK[i]);
                }
            }
        }
    }
}
