package io.usageexporter.cli;

/** What a command's exit status says. */
final class ExitStatus {
    /** It ran, and the answer is yes. */
    static final int OK = 0;

    /** It ran, and the answer is no. */
    static final int NO = 1;

    /** Wrong use: it could not run as it was called. */
    static final int USAGE = 2;

    private ExitStatus() {}
}
