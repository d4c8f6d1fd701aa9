package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.AnswerReader;
import io.usageexporter.provider.End;
import io.usageexporter.provider.Seen;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Passes over an answer that is no use: a refusal, or the answer to a call that is free. */
final class NoUseReader implements AnswerReader {
    private static final Map<String, Wanted> ERROR = Wanted.of(AnthropicErrors.ERROR);

    private final boolean refused;
    private final JsonSieve sieve = new JsonSieve(ERROR);

    /** @param status of the answer */
    NoUseReader(int status) {
        this.refused = status >= 400;
    }

    @Override
    public void read(ByteBuffer bytes) {
        if (refused) {
            sieve.read(bytes);
        } else {
            bytes.position(bytes.limit());
        }
    }

    @Override
    public Seen end(boolean whole) {
        if (!refused) {
            return new Seen(List.of(), whole ? End.COMPLETE : End.INCOMPLETE, null);
        }
        byte[] kept = sieve.kept();
        return new Seen(List.of(), End.ERROR, null, AnthropicErrors.name(Json.read(kept, kept.length)), null);
    }
}
