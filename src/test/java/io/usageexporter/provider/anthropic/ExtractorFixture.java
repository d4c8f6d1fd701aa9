package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.UsageRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers that are fed to a reader, and what it saw in them. */
public final class ExtractorFixture {
    private ExtractorFixture() {}

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The answer of status 200 to a call, in chunks of this many bytes. */
    static ResponseUsage read(AnthropicEndpoint call, String contentType, byte[] body, int chunk, boolean whole) {
        return read(call.extractor(200, contentType, null), body, chunk, whole);
    }

    static ResponseUsage read(UsageExtractor reader, byte[] body, int chunk, boolean whole) {
        for (int from = 0; from < body.length; from += chunk) {
            ByteBuffer bytes = ByteBuffer.wrap(body, from, Math.min(chunk, body.length - from));
            reader.read(bytes);
            if (bytes.hasRemaining()) {
                throw new AssertionError(bytes + " was not taken whole");
            }
        }
        return reader.finish(whole);
    }

    static ResponseUsage json(String body) {
        return read(AnthropicEndpoint.MESSAGES, "application/json", utf8(body), Integer.MAX_VALUE, true);
    }

    static ResponseUsage stream(String body) {
        return read(
                AnthropicEndpoint.MESSAGES, "text/event-stream; charset=utf-8", utf8(body), Integer.MAX_VALUE, true);
    }

    /** The uses as text, one each: {@code id model usage}. */
    static List<String> texts(ResponseUsage seen) {
        return seen.records().stream().map(ExtractorFixture::text).toList();
    }

    static String text(UsageRecord use) {
        return use.id() + " " + use.model() + " " + use.usage();
    }
}
