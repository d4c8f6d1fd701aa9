package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks a copy of a gzip body (RFC 1952) that passes in pieces. Unpacks nothing more after an error. For one thread.
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
        FAULTY
    }

    private final Inflater inflater = new Inflater(true);
    private final byte[] out = new byte[OUT_BYTES];
    private Part part = Part.HEADER;
    private int inPart;
    private int flags;
    private int extra;

    /** Takes the next piece, and hands out what it unpacks to; the buffers are good only during the call. */
    void read(ByteBuffer packed, Consumer<ByteBuffer> unpacked) {
        while (packed.hasRemaining() && part != Part.FAULTY) {
            if (part == Part.DATA) {
                inflate(packed, unpacked);
            } else {
                step(packed.get() & 0xff);
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
                    part = Part.FAULTY;
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
                if (inPart == TRAILER) { // perhaps another member follows
                    inflater.reset();
                    part = Part.HEADER;
                    inPart = 0;
                }
            }
            case DATA, FAULTY -> throw new IllegalStateException(part.name());
        }
    }

    /** Continues with a part, or with the one after it where the flags say that there is none. */
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

    private void inflate(ByteBuffer packed, Consumer<ByteBuffer> unpacked) {
        try {
            inflater.setInput(packed);
            int count = inflater.inflate(out);
            while (count > 0) {
                unpacked.accept(ByteBuffer.wrap(out, 0, count));
                count = inflater.inflate(out);
            }
            if (inflater.finished()) {
                part = Part.TRAILER;
                inPart = 0;
            } else if (inflater.needsDictionary()) {
                part = Part.FAULTY;
            }
        } catch (DataFormatException e) {
            part = Part.FAULTY;
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
