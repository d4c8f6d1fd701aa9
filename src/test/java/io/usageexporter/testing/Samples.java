package io.usageexporter.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sample responses of providers as files: bodies, heads, and the figures to be extracted. */
public final class Samples {
    private static final String FOLDER = "/io/usageexporter/samples/";

    private Samples() {}

    /** The bytes of a file such as {@code anthropic/stream-complete.sse}. */
    public static byte[] bytes(String file) {
        byte[] bytes = find(file);
        if (bytes == null) {
            throw new IllegalArgumentException("no sample " + file);
        }
        return bytes;
    }

    public static String text(String file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    public static JsonNode json(String file) {
        return TestExporter.json(text(file));
    }

    /** The figures to be extracted from a file. */
    public static JsonNode expected(String file) {
        JsonNode expected = json("EXPECTED.json").get(file);
        if (expected == null) {
            throw new IllegalArgumentException("no expected figures of " + file);
        }
        return expected;
    }

    /** The status line and header lines of a body; empty if there is no head. */
    static List<String> head(String file) {
        byte[] head = find(file.substring(0, file.lastIndexOf('.')) + ".headers.txt");
        return head == null
                ? List.of()
                : new String(head, StandardCharsets.ISO_8859_1)
                        .lines()
                        .filter(line -> !line.isEmpty())
                        .toList();
    }

    private static byte @Nullable [] find(String file) {
        try (InputStream stream = Samples.class.getResourceAsStream(FOLDER + file)) {
            return stream == null ? null : stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
