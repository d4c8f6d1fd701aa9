package io.usageexporter.cli;

import io.usageexporter.ledger.LedgerBackup;
import io.usageexporter.ledger.LedgerException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a backup where the ledger is. */
@Command(
        name = "restore",
        description = {
            "Verify a backup, and put a copy of it where the ledger is. No exporter may be running on it.",
            "A file of before stays beside it, under another name; a database must be empty. Exit status 1 if the backup is"
                    + " damaged."
        },
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Parameters(paramLabel = "FILE", description = "The backup.")
    Path file = Path.of("");

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            var restored = LedgerBackup.restore(
                    file, storage.ledger(), InstantSource.system().instant());
            List<String> differences = restored.backup().differences();
            if (!differences.isEmpty()) {
                differences.forEach(err::println);
                err.println(file + " is damaged; nothing was restored");
                return ExitStatus.FAILURE;
            }
            err.println(storage.ledgerInUse(false, restored.backup().events()));
            if (restored.previous() != null) {
                err.println("the ledger of before is now " + restored.previous());
            }
            spec.commandLine()
                    .getOut()
                    .println(storage.ledgerName() + ": restored "
                            + Options.events(restored.backup().events()));
            return ExitStatus.OK;
        } catch (LedgerException.Damaged e) {
            err.println(e.getMessage());
            return ExitStatus.FAILURE;
        } catch (LedgerException e) {
            err.println(e.getMessage());
            return ExitStatus.USAGE;
        }
    }
}
