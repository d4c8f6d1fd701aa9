package io.usageexporter.provider.anthropic;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Usage;
import io.usageexporter.provider.AnswerReader;
import io.usageexporter.provider.End;
import io.usageexporter.provider.Seen;
import io.usageexporter.provider.SeenUse;
import io.usageexporter.provider.Unmetered;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Passes over a successful answer in a form that cannot be read. */
record UnreadReader(List<SeenUse> uses, Unmetered why) implements AnswerReader {
    private static final Usage ONE_REQUEST = Usage.of(Map.of(Measure.of(Measure.REQUESTS), Amount.of(1)));

    /** Of a call that is a request all the same. */
    static UnreadReader ofRequest(@Nullable String requestId, Unmetered why) {
        return new UnreadReader(List.of(new SeenUse(Names.id(requestId, null), null, "", ONE_REQUEST)), why);
    }

    /** Of a call that is none by itself. */
    static UnreadReader ofNothing(Unmetered why) {
        return new UnreadReader(List.of(), why);
    }

    @Override
    public void read(ByteBuffer bytes) {
        bytes.position(bytes.limit());
    }

    @Override
    public Seen end(boolean whole) {
        return new Seen(uses, whole ? End.COMPLETE : End.INCOMPLETE, null, null, why);
    }
}
