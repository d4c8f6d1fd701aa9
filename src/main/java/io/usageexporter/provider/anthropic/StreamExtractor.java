package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.wire.SseParser;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads an answer that comes as an event stream. Holds what {@link SseParser} does. */
final class StreamExtractor implements UsageExtractor {
    private final StreamFormat dialect;
    private final @Nullable String requestId;
    private final MessageAccumulator answer;
    private final SseParser parser;
    private @Nullable Completion end;

    StreamExtractor(StreamFormat dialect, @Nullable String requestId) {
        this.dialect = dialect;
        this.requestId = requestId;
        this.answer = new MessageAccumulator(dialect.shape());
        this.parser = new SseParser(StreamFormat.WANTED, this::event);
    }

    private void event(String name, byte[] data, int length) {
        Completion told = dialect.read(name, data, length, answer);
        end = end == null ? told : end;
    }

    @Override
    public void read(ByteBuffer bytes) {
        parser.read(bytes);
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        parser.end();
        return answer.seen(requestId, end == null ? Completion.INCOMPLETE : end, complete);
    }

    /** Bytes of memory that it holds for what has been read. */
    int held() {
        return parser.held();
    }
}
