package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses a gzip body (RFC 1952) that comes in pieces. After an error the rest is ignored. Not thread-safe.
 */
final class GzipDecoder implements AutoCloseable {
    private static final int HEADER = 10;
    private static final int TRAILER = 8;
    private static final int HAS_CRC = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int OUT_BYTES = 8192;

    private enum Part {
        HEADER,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        CRC,
        DATA,
        TRAILER,
        INVALID
    }

    private final Inflater inflater = new Inflater(true);
    private final byte[] out = new byte[OUT_BYTES];
    private Part part = Part.HEADER;
    private int inPart;
    private int flags;
    private int extra;

    /** Consumes the next piece and passes on the decompressed bytes, in buffers that are valid only during the call. */
    void read(ByteBuffer compressed, Consumer<ByteBuffer> decompressed) {
        while (compressed.hasRemaining() && part != Part.INVALID) {
            if (part == Part.DATA) {
                inflate(compressed, decompressed);
            } else {
                step(compressed.get() & 0xff);
            }
        }
    }

    private void step(int b) {
        inPart++;
        switch (part) {
            case HEADER -> {
                boolean magic = inPart == 1 ? b == 0x1f : inPart == 2 ? b == 0x8b : inPart != 3 || b == 8;
                flags = inPart == 4 ? b : flags;
                if (!magic) {
                    part = Part.INVALID;
                } else if (inPart == HEADER) {
                    next(Part.EXTRA_LENGTH);
                }
            }
            case EXTRA_LENGTH -> {
                extra = inPart == 1 ? b : extra | b << 8;
                if (inPart == 2) {
                    next(extra == 0 ? Part.NAME : Part.EXTRA);
                }
            }
            case EXTRA -> {
                if (inPart == extra) {
                    next(Part.NAME);
                }
            }
            case NAME -> {
                if (b == 0) {
                    next(Part.COMMENT);
                }
            }
            case COMMENT -> {
                if (b == 0) {
                    next(Part.CRC);
                }
            }
            case CRC -> {
                if (inPart == 2) {
                    next(Part.DATA);
                }
            }
            case TRAILER -> {
                if (inPart == TRAILER) { // another member may follow
                    inflater.reset();
                    part = Part.HEADER;
                    inPart = 0;
                }
            }
            case DATA, INVALID -> throw new IllegalStateException(part.name());
        }
    }

    /** Continues with a part, or with the first after it that is present according to the flags. */
    private void next(Part following) {
        inPart = 0;
        part = following;
        if (part == Part.EXTRA_LENGTH && (flags & HAS_EXTRA) == 0) {
            part = Part.NAME;
        }
        if (part == Part.NAME && (flags & HAS_NAME) == 0) {
            part = Part.COMMENT;
        }
        if (part == Part.COMMENT && (flags & HAS_COMMENT) == 0) {
            part = Part.CRC;
        }
        if (part == Part.CRC && (flags & HAS_CRC) == 0) {
            part = Part.DATA;
        }
    }

    private void inflate(ByteBuffer compressed, Consumer<ByteBuffer> decompressed) {
        try {
            inflater.setInput(compressed);
            int count = inflater.inflate(out);
            while (count > 0) {
                decompressed.accept(ByteBuffer.wrap(out, 0, count));
                count = inflater.inflate(out);
            }
            if (inflater.finished()) {
                part = Part.TRAILER;
                inPart = 0;
            } else if (inflater.needsDictionary()) {
                part = Part.INVALID;
            }
        } catch (DataFormatException e) {
            part = Part.INVALID;
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
