package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;

/** Skips the three bytes that may precede UTF-8 text, in input split anywhere. */
public final class ByteOrderMark {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private int matched;
    private boolean past;

    /** Receives bytes of the text. */
    public interface Text {
        void accept(byte b);
    }

    /** Whether the text has begun. */
    boolean isPast() {
        return past;
    }

    /** Skips the rest of the mark. If it turns out to be incomplete, passes on the bytes consumed so far as text. */
    public void skip(ByteBuffer bytes, Text text) {
        while (!past && bytes.hasRemaining()) {
            if (bytes.get(bytes.position()) == MARK[matched]) {
                bytes.get();
                matched++;
                past = matched == MARK.length;
            } else {
                past = true;
                for (int i = 0; i < matched; i++) {
                    text.accept(MARK[i]);
                }
            }
        }
    }
}
