package io.usageexporter.cli;

import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Recomputes every total from the events. */
@Command(
        name = "verify",
        description =
                "Recompute every total from the events, and report differences. Works while an exporter is running.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try (LedgerReader ledger = storage.ledger().read()) {
            Verification verification = ledger.verify();
            spec.commandLine().getErr().println(storage.ledgerInUse(false, verification.events()));
            if (verification.differences().isEmpty()) {
                spec.commandLine()
                        .getOut()
                        .println(storage.ledgerName() + ": " + verification.events() + " events, all totals match");
                return ExitStatus.OK;
            }
            verification.differences().forEach(spec.commandLine().getErr()::println);
            return ExitStatus.FAILURE;
        } catch (LedgerException.Damaged e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.FAILURE;
        } catch (LedgerException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.USAGE;
        }
    }
}
