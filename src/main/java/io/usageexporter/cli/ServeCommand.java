package io.usageexporter.cli;

import picocli.CommandLine.Command;

/** Runs the exporter, said in full. */
@Command(
        name = "serve",
        description = "Run the exporter: record usage, and show it. This is what happens without a subcommand.",
        mixinStandardHelpOptions = true)
final class ServeCommand extends AbstractServeCommand {}
