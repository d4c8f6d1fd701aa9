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

/** Whatever the pieces in which a packed body comes: what is unpacked is what the JDK unpacks, and nothing is thrown. */
class GzipDecoderPropertyTest {
    /** A member of a gzip file: its data, and which of the optional parts its header has. */
    private record Member(String text, int flags, int level) {
        byte[] data() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }

        byte[] packed() {
            var packed = new ByteArrayOutputStream();
            packed.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 1, 2, 3, 4, 0, 3});
            if ((flags & 4) != 0) {
                packed.writeBytes(new byte[] {5, 0, 'e', 0, 'x', 0, 'a'});
            }
            if ((flags & 8) != 0) {
                packed.writeBytes("näme\0".getBytes(StandardCharsets.ISO_8859_1));
            }
            if ((flags & 16) != 0) {
                packed.write(0); // an empty comment
            }
            if ((flags & 2) != 0) {
                int crc = crc(packed.toByteArray());
                packed.write(crc);
                packed.write(crc >> 8);
            }
            packed.writeBytes(deflated());
            writeInt(crc(data()), packed);
            writeInt(data().length, packed);
            return packed.toByteArray();
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
    void unpacksWhatTheJdkDoes(@ForAll("members") List<Member> members, @ForAll Random random) throws IOException {
        byte[] packed = packed(members);
        try (var jdk = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            assertThat(unpacked(packed, random)).isEqualTo(jdk.readAllBytes());
        }
    }

    @Property(tries = 300)
    void unpacksTheBeginningOfWhatIsCut(
            @ForAll("members") List<Member> members, @ForAll @IntRange(max = 100) int percent, @ForAll Random random) {
        byte[] packed = packed(members);
        byte[] cut = Arrays.copyOf(packed, packed.length * percent / 100);
        byte[] unpacked = unpacked(cut, random);

        assertThat(unpacked).isEqualTo(Arrays.copyOf(data(members), unpacked.length));
    }

    @Property(tries = 300)
    void junkBehindTheEndChangesNothing(
            @ForAll("members") List<Member> members, @ForAll @Size(max = 40) byte[] junk, @ForAll Random random) {
        var packed = new ByteArrayOutputStream();
        packed.writeBytes(packed(members));
        packed.write(0); // which begins no member
        packed.writeBytes(junk);

        assertThat(unpacked(packed.toByteArray(), random)).isEqualTo(data(members));
    }

    @Property(tries = 500)
    void isTheSameInAnyPiecesWhateverIsBroken(
            @ForAll("members") List<Member> members,
            @ForAll @IntRange(max = 100_000) int place,
            @ForAll byte wrong,
            @ForAll Random random) {
        byte[] packed = packed(members);
        packed[place % packed.length] = wrong;

        assertSameInPieces(packed, random);
    }

    @Property(tries = 300)
    void nothingIsThrownWhateverComes(@ForAll byte[] junk, @ForAll boolean asAMember, @ForAll Random random) {
        var bytes = new ByteArrayOutputStream();
        if (asAMember) {
            bytes.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8});
        }
        bytes.writeBytes(junk);

        assertSameInPieces(bytes.toByteArray(), random);
    }

    /** As far as both unpack it: of a fault, pieces show more of what stood before. */
    private static void assertSameInPieces(byte[] packed, Random random) {
        byte[] inPieces = unpacked(packed, random);
        byte[] whole = unpackedWhole(packed);
        int both = Math.min(inPieces.length, whole.length);

        assertThat(Arrays.copyOf(inPieces, both)).isEqualTo(Arrays.copyOf(whole, both));
    }

    private static byte[] unpackedWhole(byte[] packed) {
        var unpacked = new ByteArrayOutputStream();
        try (var gunzip = new GzipDecoder()) {
            gunzip.read(ByteBuffer.wrap(packed), bytes -> write(bytes, unpacked));
        }
        return unpacked.toByteArray();
    }

    /** In pieces of any length, also of none, from buffers of both kinds. */
    private static byte[] unpacked(byte[] packed, Random random) {
        var unpacked = new ByteArrayOutputStream();
        try (var gunzip = new GzipDecoder()) {
            for (int from = 0; from < packed.length; ) {
                int length = Math.min(packed.length - from, random.nextInt(random.nextBoolean() ? 3 : 2000));
                ByteBuffer piece =
                        random.nextBoolean() ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
                piece.put(packed, from, length).flip();
                gunzip.read(piece, bytes -> write(bytes, unpacked));
                from += length;
            }
        }
        return unpacked.toByteArray();
    }

    private static void write(ByteBuffer bytes, ByteArrayOutputStream to) {
        var copy = new byte[bytes.remaining()];
        bytes.get(copy);
        to.writeBytes(copy);
    }

    private static byte[] packed(List<Member> members) {
        var all = new ByteArrayOutputStream();
        members.forEach(member -> all.writeBytes(member.packed()));
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
