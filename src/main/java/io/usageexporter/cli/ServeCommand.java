package io.usageexporter.cli;

import picocli.CommandLine.Command;

/** Runs the exporter, said in full. */
@Command(
        name = "serve",
        description = "Record usage and answer about it. The default.",
        mixinStandardHelpOptions = true)
final class ServeCommand extends Serving {}
