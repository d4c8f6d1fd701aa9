package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.UsageRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Feeds responses to extractors. */
public final class ExtractorFixture {
    private ExtractorFixture() {}

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a response of status 200 in chunks of this many bytes. */
    static ResponseUsage read(
            AnthropicEndpoint endpoint, String contentType, byte[] body, int chunk, boolean complete) {
        return read(endpoint.extractor(200, contentType, null), body, chunk, complete);
    }

    static ResponseUsage read(UsageExtractor extractor, byte[] body, int chunk, boolean complete) {
        for (int from = 0; from < body.length; from += chunk) {
            ByteBuffer bytes = ByteBuffer.wrap(body, from, Math.min(chunk, body.length - from));
            extractor.read(bytes);
            if (bytes.hasRemaining()) {
                throw new AssertionError(bytes + " was not consumed");
            }
        }
        return extractor.finish(complete);
    }

    static ResponseUsage json(String body) {
        return read(AnthropicEndpoint.MESSAGES, "application/json", utf8(body), Integer.MAX_VALUE, true);
    }

    static ResponseUsage stream(String body) {
        return read(
                AnthropicEndpoint.MESSAGES, "text/event-stream; charset=utf-8", utf8(body), Integer.MAX_VALUE, true);
    }

    /** The records as text: {@code id model usage}. */
    static List<String> texts(ResponseUsage result) {
        return result.records().stream().map(ExtractorFixture::text).toList();
    }

    /** The pricing of each record. */
    static List<String> pricings(ResponseUsage result) {
        return result.records().stream().map(record -> record.pricing().text()).toList();
    }

    static String text(UsageRecord record) {
        return record.id() + " " + record.model() + " " + record.usage();
    }
}
