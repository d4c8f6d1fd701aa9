package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.AnswerReader;
import io.usageexporter.provider.End;
import io.usageexporter.provider.Seen;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads an answer that comes as an event stream. Holds what {@link SseParser} does. */
final class StreamReader implements AnswerReader {
    private final StreamDialect dialect;
    private final @Nullable String requestId;
    private final AnswerSoFar answer;
    private final SseParser parser;
    private @Nullable End end;

    StreamReader(StreamDialect dialect, @Nullable String requestId) {
        this.dialect = dialect;
        this.requestId = requestId;
        this.answer = new AnswerSoFar(dialect.shape());
        this.parser = new SseParser(StreamDialect.WANTED, this::event);
    }

    private void event(String name, byte[] data, int length) {
        End told = dialect.read(name, data, length, answer);
        end = end == null ? told : end;
    }

    @Override
    public void read(ByteBuffer bytes) {
        parser.read(bytes);
    }

    @Override
    public Seen end(boolean whole) {
        parser.end();
        return answer.seen(requestId, end == null ? End.INCOMPLETE : end, whole);
    }

    /** Bytes of memory that it holds for what has been read. */
    int held() {
        return parser.held();
    }
}
