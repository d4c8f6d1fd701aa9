package io.usageexporter.provider;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Extracts the usage from the body of one response as it passes. The body may be split anywhere, and may be anything:
 * what makes no sense is passed over, and never throws. Holds a bounded part of it, whatever its length. For one thread
 * at a time.
 */
public interface UsageExtractor {
    /** Takes the next bytes, all that remain, and keeps no reference to the buffer. */
    void read(ByteBuffer bytes);

    /**
     * Drains the usage extracted so far. Lets callers bound memory on responses with many records, such as batch results.
     */
    default List<UsageRecord> drain() {
        return List.of();
    }

    /**
     * Ends the response. To be called once; nothing may be read after it.
     *
     * @param complete whether the body came to its own end; false when either side broke it off
     * @return with the usage that {@link #drain()} has not handed out
     */
    ResponseUsage finish(boolean complete);
}
