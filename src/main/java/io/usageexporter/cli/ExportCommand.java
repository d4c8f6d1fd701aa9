package io.usageexporter.cli;

import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints events, or what the usage of each day costs. */
@Command(
        name = "export",
        description = {
            "Print all events, or those of some days, one a line, as POST /api/usage and import take them; or what the usage of"
                    + " each day costs, by category, consumer, model, pricing and kind.",
            "Works while an exporter is running."
        },
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    /** What is printed, as the flag names it. */
    enum Format {
        ndjson,
        csv,
        focus
    }

    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "ndjson",
            description =
                    "ndjson: an event a line, as JSON. csv: the same for spreadsheets. focus: costs, as CSV of the FinOps"
                            + " Open Cost and Usage Specification (FOCUS) 1.2. Default: ${DEFAULT-VALUE}.")
    Format format = Format.ndjson;

    @Option(
            names = "--from",
            paramLabel = "DATE",
            converter = DateText.class,
            description =
                    "The first day, such as 2026-11-01. Default: the oldest; of costs, the first day of the provider's"
                            + " month.")
    @Nullable
    LocalDate from;

    @Option(
            names = "--to",
            paramLabel = "DATE",
            converter = DateText.class,
            description = "The last day. Default: today.")
    @Nullable
    LocalDate to;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (from != null && to != null && from.isAfter(to)) {
            throw new ParameterException(spec.commandLine(), "--from must not be later than --to");
        }
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        try {
            Config config = storage.readConfig(err::println);
            if (format == Format.focus) {
                new CostExport(config, storage.ledger(), from, to, err)
                        .write(out, InstantSource.system().instant());
            } else {
                new EventExport(config, storage.ledger(), from, to).write(format == Format.csv, out);
            }
        } catch (LedgerException.Damaged e) {
            err.println(e.getMessage());
            return ExitStatus.FAILURE;
        } catch (InvalidConfigException | LedgerException e) {
            err.println(e.getMessage());
            return ExitStatus.USAGE;
        }
        return out.checkError() ? ExitStatus.FAILURE : ExitStatus.OK;
    }
}
