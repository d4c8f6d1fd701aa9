package io.usageexporter.cli;

import io.usageexporter.ledger.LedgerBackup;
import io.usageexporter.ledger.LedgerException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies the ledger to a file. */
@Command(
        name = "backup",
        description =
                "Copy the ledger as it is now to a new file, which is a complete ledger. Works while an exporter is running.",
        mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Parameters(paramLabel = "FILE", description = "The backup. It must not exist yet.")
    Path file = Path.of("");

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            long events = LedgerBackup.backup(storage.ledger(), file);
            spec.commandLine().getErr().println(storage.ledgerInUse(false, events));
            spec.commandLine().getOut().println(file + ": backup of " + Options.events(events));
            return ExitStatus.OK;
        } catch (LedgerException.Damaged e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.FAILURE;
        } catch (LedgerException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.USAGE;
        }
    }
}
