package io.usageexporter.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text as UTF-8 in an array that grows, with numbers and escapes as the text formats want them. Not thread-safe. */
final class Utf8Buffer extends OutputStream {
    private static final int MAX_DIGITS = 20;
    private static final int DECIMAL = 10;

    /** From here {@link Double#toString} writes an exponent. */
    private static final long SCIENTIFIC = 10_000_000;

    /** Whole numbers below need all their digits to differ from their neighbours, and so have no shorter form. */
    private static final long EXACT = 1L << 53;

    private byte[] bytes;
    private int size;

    /** @param capacity of the array, at first */
    Utf8Buffer(int capacity) {
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    /** Forgets what was written after a size. */
    void truncate(int to) {
        size = to;
    }

    void writeTo(OutputStream other) throws IOException {
        other.write(bytes, 0, size);
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** What was written, in the buffer's own array. */
    ByteBuffer written() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    @Override
    public void write(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        reserve(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    Utf8Buffer add(byte[] text) {
        write(text, 0, text.length);
        return this;
    }

    Utf8Buffer add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param c in ASCII */
    Utf8Buffer add(char c) {
        write(c);
        return this;
    }

    /** Adds the value of a label, or a HELP of OpenMetrics. */
    Utf8Buffer addEscaped(String text) {
        return add(escapeLines(text).replace("\"", "\\\""));
    }

    /** Adds a HELP of the Prometheus format, in which quotes are not escaped. */
    Utf8Buffer addEscapedLines(String text) {
        return add(escapeLines(text));
    }

    private static String escapeLines(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    Utf8Buffer add(long value) {
        if (value < 0) {
            return add(Long.toString(value));
        }
        reserve(MAX_DIGITS);
        int end = size + digits(value);
        long rest = value;
        for (int at = end - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' + rest % DECIMAL);
            rest /= DECIMAL;
        }
        size = end;
        return this;
    }

    /** Adds a number as {@link Double#toString} writes it, but for infinity; whole ones without its effort. */
    Utf8Buffer add(double value) {
        long whole = (long) value;
        if (whole != value || whole >= EXACT || whole <= 0) {
            return add(text(value));
        }
        return whole < SCIENTIFIC ? add(whole).add(".0") : addScientific(whole);
    }

    private static String text(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return Double.doubleToRawLongBits(value) == 0 ? "0.0" : Double.toString(value);
    }

    /** Adds, for instance, 1.25E7. */
    private Utf8Buffer addScientific(long value) {
        int first = size;
        write('.');
        add(value);
        int exponent = size - first - 2;
        bytes[first] = bytes[first + 1];
        bytes[first + 1] = '.';
        while (bytes[size - 1] == '0' && size > first + 3) {
            size--;
        }
        return add('E').add(exponent);
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= DECIMAL; rest /= DECIMAL) {
            digits++;
        }
        return digits;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }
}
