package io.usageexporter.cli;

import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerMigration;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Moves a ledger. */
@Command(
        name = "migrate",
        description = {
            "Move a ledger to a new file or an empty database, with its id and everything in it: from a file whose exporter is"
                    + " stopped, or from PostgreSQL, whose exporters record until the last events are copied.",
            "The old one can only be read afterwards. A migration that broke off is repeated, and goes on where it was."
        },
        customSynopsis = "usage-exporter migrate --from=LEDGER --to=LEDGER",
        mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
    private static final long BETWEEN_LINES_NS = 1_000_000_000;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "LEDGER",
            description = "The ledger: a file, or jdbc:postgresql://HOST/DATABASE. Required.")
    String from = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "LEDGER",
            description = "Where to move it, in the same form. Required.")
    String to = "";

    @Spec
    CommandSpec spec = CommandSpec.create();

    private long shown = System.nanoTime();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        LedgerAddress source = LedgerAddress.of(from);
        LedgerAddress target = LedgerAddress.of(to);
        try {
            long events = LedgerMigration.migrate(source, target, this::show);
            err.println(source + " can only be read from now on; start exporters on " + target);
            spec.commandLine().getOut().println(target + ": moved " + Options.events(events) + " from " + source);
            return ExitStatus.OK;
        } catch (LedgerException.Damaged e) {
            err.println(e.getMessage());
            return ExitStatus.FAILURE;
        } catch (LedgerException e) {
            err.println(e.getMessage());
            return ExitStatus.USAGE;
        }
    }

    /** A line a second at most. */
    private void show(long copied, long all) {
        long now = System.nanoTime();
        if (now - shown >= BETWEEN_LINES_NS) {
            shown = now;
            spec.commandLine().getErr().println("copied " + copied + " of " + Options.events(all));
        }
    }
}
