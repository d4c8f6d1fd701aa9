package io.usageexporter.cli;

/** Exit statuses of the commands. */
final class ExitStatus {
    /** Success. */
    static final int OK = 0;

    /** Failure or negative result. */
    static final int FAILURE = 1;

    /** Usage error: it could not run as called. */
    static final int USAGE = 2;

    private ExitStatus() {}
}
