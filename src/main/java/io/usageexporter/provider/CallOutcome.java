package io.usageexporter.provider;

import java.util.Locale;

/** How a call ended. */
public enum CallOutcome {
    /** The provider responded, and the response is complete. */
    COMPLETE,
    /** The response was aborted, by either side. */
    INCOMPLETE,
    /** The provider responded with an error, possibly in the middle of a stream, or not at all. */
    ERROR,
    /** The gateway did not forward the call because a quota is exhausted. */
    REJECTED;

    /** The name in the {@code outcome} label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
