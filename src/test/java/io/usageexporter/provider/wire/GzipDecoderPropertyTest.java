package io.usageexporter.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** However a compressed body is split, the result is that of the JDK, and nothing is thrown. */
class GzipDecoderPropertyTest {
    /** A member of a gzip file: its data, and the flags of the optional parts of its header. */
    private record Member(String text, int flags, int level) {
        byte[] data() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }

        byte[] compressed() {
            var compressed = new ByteArrayOutputStream();
            compressed.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 1, 2, 3, 4, 0, 3});
            if ((flags & 4) != 0) {
                compressed.writeBytes(new byte[] {5, 0, 'e', 0, 'x', 0, 'a'});
            }
            if ((flags & 8) != 0) {
                compressed.writeBytes("näme\0".getBytes(StandardCharsets.ISO_8859_1));
            }
            if ((flags & 16) != 0) {
                compressed.write(0); // an empty comment
            }
            if ((flags & 2) != 0) {
                int crc = crc(compressed.toByteArray());
                compressed.write(crc);
                compressed.write(crc >> 8);
            }
            compressed.writeBytes(deflated());
            writeInt(crc(data()), compressed);
            writeInt(data().length, compressed);
            return compressed.toByteArray();
        }

        private byte[] deflated() {
            var deflater = new Deflater(level, true);
            deflater.setInput(data());
            deflater.finish();
            var out = new ByteArrayOutputStream();
            var buffer = new byte[1024];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            deflater.end();
            return out.toByteArray();
        }

        private static int crc(byte[] bytes) {
            var crc = new CRC32();
            crc.update(bytes);
            return (int) crc.getValue();
        }

        private static void writeInt(int value, ByteArrayOutputStream to) {
            for (int shift = 0; shift < 32; shift += 8) {
                to.write(value >> shift);
            }
        }
    }

    @Property(tries = 300)
    void decompressesTheSameAsTheJdk(@ForAll("members") List<Member> members, @ForAll Random random)
            throws IOException {
        byte[] compressed = compressed(members);
        try (var jdk = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            assertThat(decompressed(compressed, random)).isEqualTo(jdk.readAllBytes());
        }
    }

    @Property(tries = 300)
    void decompressesTheBeginningOfATruncatedBody(
            @ForAll("members") List<Member> members, @ForAll @IntRange(max = 100) int percent, @ForAll Random random) {
        byte[] compressed = compressed(members);
        byte[] cut = Arrays.copyOf(compressed, compressed.length * percent / 100);
        byte[] decompressed = decompressed(cut, random);

        assertThat(decompressed).isEqualTo(Arrays.copyOf(data(members), decompressed.length));
    }

    @Property(tries = 300)
    void bytesAfterTheEndAreIgnored(
            @ForAll("members") List<Member> members, @ForAll @Size(max = 40) byte[] junk, @ForAll Random random) {
        var compressed = new ByteArrayOutputStream();
        compressed.writeBytes(compressed(members));
        compressed.write(0); // does not start a member
        compressed.writeBytes(junk);

        assertThat(decompressed(compressed.toByteArray(), random)).isEqualTo(data(members));
    }

    @Property(tries = 500)
    void damagedBodyGivesTheSameInAnySplit(
            @ForAll("members") List<Member> members,
            @ForAll @IntRange(max = 100_000) int place,
            @ForAll byte wrong,
            @ForAll Random random) {
        byte[] compressed = compressed(members);
        compressed[place % compressed.length] = wrong;

        assertSameInPieces(compressed, random);
    }

    @Property(tries = 300)
    void arbitraryBytesCauseNoException(@ForAll byte[] junk, @ForAll boolean asAMember, @ForAll Random random) {
        var bytes = new ByteArrayOutputStream();
        if (asAMember) {
            bytes.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8});
        }
        bytes.writeBytes(junk);

        assertSameInPieces(bytes.toByteArray(), random);
    }

    /** Compares the common beginning: before an error, small pieces may give more bytes than large ones. */
    static void assertSameInPieces(byte[] compressed, Random random) {
        byte[] inPieces = decompressed(compressed, random);
        byte[] atOnce = decompressedAtOnce(compressed);
        int both = Math.min(inPieces.length, atOnce.length);

        assertThat(Arrays.copyOf(inPieces, both)).isEqualTo(Arrays.copyOf(atOnce, both));
    }

    private static byte[] decompressedAtOnce(byte[] compressed) {
        var decompressed = new ByteArrayOutputStream();
        try (var decoder = new GzipDecoder()) {
            decoder.read(ByteBuffer.wrap(compressed), bytes -> write(bytes, decompressed));
        }
        return decompressed.toByteArray();
    }

    /** Decompresses in pieces of any length, including none, from heap and direct buffers. */
    private static byte[] decompressed(byte[] compressed, Random random) {
        var decompressed = new ByteArrayOutputStream();
        try (var decoder = new GzipDecoder()) {
            for (int from = 0; from < compressed.length; ) {
                int length = Math.min(compressed.length - from, random.nextInt(random.nextBoolean() ? 3 : 2000));
                ByteBuffer piece =
                        random.nextBoolean() ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
                piece.put(compressed, from, length).flip();
                decoder.read(piece, bytes -> write(bytes, decompressed));
                from += length;
            }
        }
        return decompressed.toByteArray();
    }

    private static void write(ByteBuffer bytes, ByteArrayOutputStream to) {
        var copy = new byte[bytes.remaining()];
        bytes.get(copy);
        to.writeBytes(copy);
    }

    private static byte[] compressed(List<Member> members) {
        var all = new ByteArrayOutputStream();
        members.forEach(member -> all.writeBytes(member.compressed()));
        return all.toByteArray();
    }

    private static byte[] data(List<Member> members) {
        var all = new ByteArrayOutputStream();
        members.forEach(member -> all.writeBytes(member.data()));
        return all.toByteArray();
    }

    @Provide
    Arbitrary<List<Member>> members() {
        Arbitrary<String> text = Arbitraries.oneOf(
                Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(300),
                Arbitraries.integers().between(0, 2_000).map("event: ping\ndata: {}\n\n"::repeat));
        return Combinators.combine(
                        text,
                        Arbitraries.integers().between(0, 15).map(bits -> bits << 1), // every optional part or none
                        Arbitraries.of(0, 1, 9))
                .as(Member::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }
}
