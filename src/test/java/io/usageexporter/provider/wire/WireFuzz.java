package io.usageexporter.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Formats of bodies: the same in any split, whatever the bytes. */
public final class WireFuzz {
    private WireFuzz() {}

    public static void sse(byte[] input) {
        var whole = SseParserPropertyTest.events(input, Math.max(1, input.length));

        assertThat(SseParserPropertyTest.events(input, 1)).isEqualTo(whole);
        assertThat(SseParserPropertyTest.events(input, 7)).isEqualTo(whole);
    }

    public static void gzip(byte[] input) {
        GzipDecoderPropertyTest.assertSameInPieces(input, new Random(input.length));
    }

    public static void projector(byte[] input) {
        String json = new String(input, StandardCharsets.UTF_8);
        JsonProjector whole = JsonProjectorTest.read(json, Integer.MAX_VALUE / 2);
        JsonProjector apart = JsonProjectorTest.read(json, 1);

        assertThat(JsonProjectorTest.kept(apart)).isEqualTo(JsonProjectorTest.kept(whole));
        assertThat(apart.isClosed()).isEqualTo(whole.isClosed());
    }

    /** Of a text, to begin with. */
    public static byte[] compressed(String text) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
