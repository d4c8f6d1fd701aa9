package io.usageexporter.provider;

/** How a response ended. */
public enum Completion {
    /** It is complete. */
    COMPLETE,
    /** It was aborted: its usage is what was observed until then, a lower bound. */
    INCOMPLETE,
    /** The provider said that it failed, by its status or in the midst of a stream. */
    ERROR
}
