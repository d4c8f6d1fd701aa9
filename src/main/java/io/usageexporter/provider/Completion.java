package io.usageexporter.provider;

/** How an answer ended. */
public enum Completion {
    /** It came whole. */
    COMPLETE,
    /** It broke off: its use is what was seen until then, a lower bound. */
    INCOMPLETE,
    /** The provider said that it failed, by its status or in the midst of a stream. */
    ERROR
}
