package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.util.Methods;
import io.usageexporter.provider.wire.NormalPath;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Targets of calls, and what a provider sends: the same in any split, or refused in any split. */
public final class GatewayFuzz {
    private static final String MALFORMED = "malformed";

    private GatewayFuzz() {}

    /** The parts make up the target, and the normal form of a normal form is itself. */
    public static void path(byte[] input) {
        String target = new String(input, StandardCharsets.ISO_8859_1);
        GatewayPath path = GatewayPath.of(target);
        if (path != null) {
            assertThat(path.path()).startsWith("/");
            assertThat((path.base() + path.path()).startsWith("/gateway/" + path.provider()))
                    .isTrue();
            assertThat(target + (path.path().equals("/") ? "/" : "")).contains(path.path());
            assertThat(target).endsWith(path.suffix());
        }
        String normal = NormalPath.of(target);
        assertThat(normal).startsWith("/").doesNotContain("//", "/../", "/./").isEqualTo(NormalPath.of(normal));
    }

    public static void chunks(byte[] input) {
        String whole = decoded(input, input.length, 4096);

        assertThat(decoded(input, 1, 1)).isEqualTo(whole);
        assertThat(decoded(input, 3, 2)).isEqualTo(whole);
    }

    /** The data, and whether it is complete. */
    private static String decoded(byte[] input, int piece, int room) {
        var decoder = new ChunkDecoder();
        var data = new ByteArrayOutputStream();
        ByteBuffer to = ByteBuffer.allocate(room);
        try {
            for (int from = 0; from < input.length; from += piece) {
                ByteBuffer next = ByteBuffer.wrap(input, from, Math.min(piece, input.length - from));
                int before;
                do {
                    before = next.remaining();
                    decoder.decode(next, to);
                    data.write(to.array(), 0, to.position());
                    to.clear();
                } while (next.hasRemaining() && next.remaining() < before);
            }
        } catch (MalformedResponseException e) {
            return MALFORMED;
        }
        return data.toString(StandardCharsets.ISO_8859_1) + decoder.isComplete();
    }

    public static void responseHead(byte[] input) {
        assertThat(head(input, 1)).isEqualTo(head(input, Math.max(1, input.length)));
    }

    private static String head(byte[] input, int piece) {
        var parser = new ResponseHeadParser();
        try {
            for (int from = 0; from < input.length; from += piece) {
                ResponseHead head = parser.parse(ByteBuffer.wrap(input, from, Math.min(piece, input.length - from)));
                if (head != null) {
                    assertThat(head.status()).isBetween(100, 999);
                    return head + " " + head.isPersistent() + head.framing(Methods.GET) + head.framing(Methods.HEAD);
                }
            }
        } catch (MalformedResponseException e) {
            return MALFORMED;
        }
        return "incomplete";
    }
}
