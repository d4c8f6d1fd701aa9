package io.usageexporter.provider;

/** How a response ended. */
public enum Completion {
    /** The response is complete. */
    COMPLETE,
    /** The response was aborted; the usage observed until then is a lower bound. */
    INCOMPLETE,
    /** The provider reported an error, by the status or in the middle of a stream. */
    ERROR
}
