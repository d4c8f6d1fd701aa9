package io.usageexporter.cli;

import io.usageexporter.Providers;
import io.usageexporter.cli.ImportTarget.RefusedException;
import io.usageexporter.client.ExporterClient;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ingest.IngestConfig;
import io.usageexporter.ingest.InvalidBodyException;
import io.usageexporter.ingest.InvalidBodyException.Fault;
import io.usageexporter.ledger.LedgerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Records exported events. */
@Command(
        name = "import",
        description = {
            "Record the events of a file, one a line, of any age: through a running exporter with --url, otherwise directly into"
                    + " the ledger: a file whose exporter is not running, or one that exporters share.",
            "What the ledger has is left as it is, so that an import may be repeated, whole or in parts. Exit status 1 if some"
                    + " lines were not recorded."
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    private static final int MAX_FAULTS_SHOWN = 100;

    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Mixin
    Options.ExporterOption exporter = new Options.ExporterOption();

    @Mixin
    Options.ClientOptions client = new Options.ClientOptions();

    @Parameters(paramLabel = "FILE", description = "What export has printed, or - for standard input.")
    Path file = Path.of("");

    @Spec
    CommandSpec spec = CommandSpec.create();

    private long recorded;
    private long duplicates;
    private long conflicts;
    private long faults;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try (InputStream in = file.equals(Path.of("-")) ? System.in : Files.newInputStream(file)) {
            try {
                if (exporter.url == null) {
                    intoLedger(in);
                } else {
                    importAll(in, ImportTarget.of(new ExporterClient(exporter.url, client.access())));
                }
            } finally {
                spec.commandLine()
                        .getOut()
                        .println("{\"recorded\":" + recorded + ",\"duplicates\":" + duplicates + ",\"conflicts\":"
                                + conflicts + ",\"refused\":" + (faults - conflicts) + "}");
            }
            return faults == 0 ? ExitStatus.OK : ExitStatus.FAILURE;
        } catch (LedgerException.InUse e) {
            err.println(e.getMessage() + "; or import through the exporter that uses it, with --url");
            return ExitStatus.USAGE;
        } catch (InvalidConfigException | LedgerException e) {
            err.println(e.getMessage());
            return ExitStatus.USAGE;
        } catch (InvalidBodyException | RefusedException e) {
            err.println(e.getMessage() + "; what was recorded stays, so repeat the import");
            return ExitStatus.FAILURE;
        } catch (IOException e) {
            err.println(
                    e instanceof FileSystemException
                            ? file + " cannot be read: " + e
                            : exporter.url == null ? e.toString() : ExporterUrl.noResponse(exporter.url, e));
            return ExitStatus.FAILURE;
        }
    }

    private void intoLedger(InputStream in)
            throws IOException, InterruptedException, InvalidConfigException, LedgerException, InvalidBodyException,
                    RefusedException {
        PrintWriter err = spec.commandLine().getErr();
        Config config = storage.readConfig(err::println);
        try (var ledger = new StoppedLedger(storage, config, err::println)) {
            importAll(
                    in,
                    ImportTarget.of(ledger.recorder(), new IngestConfig(config.providers(), Providers::postedUsage)));
        }
    }

    private void importAll(InputStream in, ImportTarget target)
            throws IOException, InterruptedException, InvalidBodyException, RefusedException {
        var batches = new ImportBatches(in, line -> fault(line, "an event may have at most 1 MiB"));
        for (ImportBatches.Batch batch = batches.next(); batch != null; batch = batches.next()) {
            ImportTarget.Result result = target.post(batch.body());
            recorded += result.recorded();
            duplicates += result.duplicates();
            conflicts += result.conflicts();
            List<Long> lines = batch.lines();
            for (Fault fault : result.faults()) {
                fault(lines.get(fault.index()), fault.detail());
            }
        }
    }

    private void fault(long line, String detail) {
        faults++;
        if (faults <= MAX_FAULTS_SHOWN) {
            spec.commandLine().getErr().println(file + ":" + line + ": " + detail);
        } else if (faults == MAX_FAULTS_SHOWN + 1) {
            spec.commandLine().getErr().println("further lines that were not recorded are only counted");
        }
    }
}
