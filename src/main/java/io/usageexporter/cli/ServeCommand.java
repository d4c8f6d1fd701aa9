package io.usageexporter.cli;

import picocli.CommandLine.Command;

/** Explicit form of the default command. */
@Command(
        name = "serve",
        description = "Run the exporter: record usage, and show it. This is the default command.",
        mixinStandardHelpOptions = true)
final class ServeCommand extends AbstractServeCommand {}
