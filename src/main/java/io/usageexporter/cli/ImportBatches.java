package io.usageexporter.cli;

import io.usageexporter.ingest.BodyReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Splits a stream of lines into batches that may be posted. Memory is bounded, however long the stream or a line is. */
final class ImportBatches {
    private static final int MAX_LINES = 5000;
    private static final int MAX_BYTES = 8 << 20;
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final LongConsumer tooLong;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private int next;
    private long line;

    /** Some lines. */
    static final class Batch {
        private final byte[] body;
        private final List<Long> lines;

        private Batch(byte[] body, List<Long> lines) {
            this.body = body;
            this.lines = lines;
        }

        /** All of them. */
        byte[] body() {
            return body;
        }

        /** The number of each in the stream, from 1. */
        List<Long> lines() {
            return lines;
        }
    }

    /** @param tooLong receives the number of each line that is longer than an event may be, and is left out */
    ImportBatches(InputStream in, LongConsumer tooLong) {
        this.in = in;
        this.tooLong = tooLong;
    }

    /** The next batch; null at the end. */
    @Nullable
    Batch next() throws IOException {
        var body = new ByteArrayOutputStream();
        var lines = new ArrayList<Long>();
        while (lines.size() < MAX_LINES && body.size() < MAX_BYTES) {
            byte[] text = readLine();
            if (text == null) {
                break;
            }
            if (!new String(text, StandardCharsets.ISO_8859_1).isBlank()) {
                body.write(text);
                body.write('\n');
                lines.add(line);
            }
        }
        return lines.isEmpty() ? null : new Batch(body.toByteArray(), lines);
    }

    /** The next line without its end, which is empty if it is too long; null at the end. */
    private byte @Nullable [] readLine() throws IOException {
        var text = new ByteArrayOutputStream();
        boolean fits = true;
        int read = read();
        if (read < 0) {
            return null;
        }
        line++;
        for (; read >= 0 && read != '\n'; read = read()) {
            fits &= text.size() < BodyReader.MAX_EVENT_BYTES;
            if (fits) {
                text.write(read);
            }
        }
        if (!fits) {
            tooLong.accept(line);
        }
        return fits ? text.toByteArray() : new byte[0];
    }

    private int read() throws IOException {
        if (next == filled) {
            filled = in.read(buffer);
            next = 0;
            if (filled <= 0) {
                filled = 0;
                return -1;
            }
        }
        return buffer[next++] & 0xff;
    }
}
