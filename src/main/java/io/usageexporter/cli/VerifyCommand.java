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
                "Recompute every total from the events, and report any difference. Works beside a running exporter.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    Options.Data data = new Options.Data();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try (LedgerReader ledger = LedgerReader.open(data.ledger())) {
            Verification verification = ledger.verify();
            spec.commandLine().getErr().println(data.ledgerInUse(false, verification.events()));
            if (verification.differences().isEmpty()) {
                spec.commandLine()
                        .getOut()
                        .println(data.storagePath + ": " + verification.events() + " events, every total agrees");
                return ExitStatus.OK;
            }
            verification.differences().forEach(spec.commandLine().getErr()::println);
            return ExitStatus.NO;
        } catch (LedgerException.Damaged e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.NO;
        } catch (LedgerException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.USAGE;
        }
    }
}
