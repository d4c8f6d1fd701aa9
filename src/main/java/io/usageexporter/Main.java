package io.usageexporter;

import io.usageexporter.cli.RootCommand;

/** The program's entry point. */
public final class Main {
    private Main() {}

    /** Runs a command and exits with its status. */
    public static void main(String[] args) {
        System.exit(RootCommand.run(args));
    }
}
