package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.wire.SseParser;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Extracts the usage from an event stream. Buffers what {@link SseParser} does. */
final class StreamExtractor implements UsageExtractor {
    private final StreamFormat format;
    private final @Nullable String requestId;
    private final MessageAccumulator accumulator;
    private final SseParser parser;
    private @Nullable Completion completion;

    StreamExtractor(StreamFormat format, @Nullable String requestId) {
        this.format = format;
        this.requestId = requestId;
        this.accumulator = new MessageAccumulator(format.usageFormat());
        this.parser = new SseParser(StreamFormat.WANTED, this::onEvent);
    }

    private void onEvent(String name, byte[] data, int length) {
        Completion reported = format.read(name, data, length, accumulator);
        completion = completion == null ? reported : completion;
    }

    @Override
    public void read(ByteBuffer bytes) {
        parser.read(bytes);
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        parser.end();
        return accumulator.result(requestId, completion == null ? Completion.INCOMPLETE : completion, complete);
    }

    /** Bytes of memory in use. */
    int retainedBytes() {
        return parser.retainedBytes();
    }
}
