package io.usageexporter.ledger;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A checksum over the fields of a row. Stored in the ledger, so its algorithm must not change. */
final class CheckValue {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** Separates texts, in which it does not occur, and marks one that is absent. */
    private static final char END = '\uffff';

    /** Separates the fields of a row. */
    private static final char FIELD_END = '\u001f';

    private long hash = FNV_OFFSET;

    CheckValue add(long number) {
        hash = IdHash.mix(hash ^ number);
        return this;
    }

    CheckValue add(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.remaining() >= Long.BYTES) {
            add(buffer.getLong());
        }
        while (buffer.hasRemaining()) {
            add(buffer.get());
        }
        return this;
    }

    CheckValue add(@Nullable String text) {
        long h = hash;
        if (text != null) {
            for (int i = 0; i < text.length(); i++) {
                h = (h ^ text.charAt(i)) * FNV_PRIME;
            }
        }
        hash = (h ^ END) * FNV_PRIME + (text == null ? 1 : 0);
        return this;
    }

    int value() {
        return (int) IdHash.mix(hash);
    }

    /** The value of a row. Its fields are hashed as SQL's {@code concat_ws} joins them, which leaves out those that are null. */
    static int ofRow(@Nullable Object... fields) {
        long h = FNV_OFFSET;
        boolean isFirst = true;
        for (Object field : fields) {
            if (field != null) {
                if (!isFirst) {
                    h = (h ^ FIELD_END) * FNV_PRIME;
                }
                isFirst = false;
                String text = field.toString();
                for (int i = 0; i < text.length(); i++) {
                    h = (h ^ text.charAt(i)) * FNV_PRIME;
                }
            }
        }
        return (int) IdHash.mix(h);
    }
}
