package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.AnswerReader;
import io.usageexporter.provider.Seen;
import io.usageexporter.provider.SeenUse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers that are fed to a reader, and what it saw in them. */
final class Answers {
    private Answers() {}

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The answer of status 200 to a call, in chunks of this many bytes. */
    static Seen read(AnthropicCall call, String contentType, byte[] body, int chunk, boolean whole) {
        return read(call.reader(200, contentType, null), body, chunk, whole);
    }

    static Seen read(AnswerReader reader, byte[] body, int chunk, boolean whole) {
        for (int from = 0; from < body.length; from += chunk) {
            ByteBuffer bytes = ByteBuffer.wrap(body, from, Math.min(chunk, body.length - from));
            reader.read(bytes);
            if (bytes.hasRemaining()) {
                throw new AssertionError(bytes + " was not taken whole");
            }
        }
        return reader.end(whole);
    }

    static Seen json(String body) {
        return read(AnthropicCall.MESSAGES, "application/json", utf8(body), Integer.MAX_VALUE, true);
    }

    static Seen stream(String body) {
        return read(AnthropicCall.MESSAGES, "text/event-stream; charset=utf-8", utf8(body), Integer.MAX_VALUE, true);
    }

    /** The uses as text, one each: {@code id model usage}. */
    static List<String> texts(Seen seen) {
        return seen.uses().stream().map(Answers::text).toList();
    }

    static String text(SeenUse use) {
        return use.id() + " " + use.model() + " " + use.usage();
    }
}
