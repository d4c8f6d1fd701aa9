package io.usageexporter;

import io.usageexporter.cli.RootCommand;

/** The program's entry. */
public final class Main {
    private Main() {}

    /** Runs a command and ends with its exit status. */
    public static void main(String[] args) {
        System.exit(RootCommand.run(args));
    }
}
