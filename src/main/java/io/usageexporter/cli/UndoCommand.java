package io.usageexporter.cli;

import io.usageexporter.client.ExporterClient;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.recording.UndoResult;
import io.usageexporter.recording.UndoResult.Settled;
import io.usageexporter.recording.UndoResult.Unavailable;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Undoes an event. */
@Command(
        name = "undo",
        description = {
            "Undo an event: through a running exporter with --url, otherwise directly in the ledger: a file whose exporter is"
                    + " not running, or one that exporters share.",
            "The ledger keeps both. Totals lose the event; counters, which never fall, keep it. Exit status 1 if the ledger has"
                    + " no event with this id."
        },
        mixinStandardHelpOptions = true)
final class UndoCommand implements Callable<Integer> {
    private static final int NOT_FOUND = 404;

    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Mixin
    Options.ExporterOption exporter = new Options.ExporterOption();

    @Mixin
    Options.ClientOptions client = new Options.ClientOptions();

    @Parameters(paramLabel = "ID", description = "The event's id.")
    String id = "";

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        try {
            return exporter.url == null ? inLedger() : byExporter(exporter.url);
        } catch (LedgerException.InUse e) {
            return end(ExitStatus.USAGE, e.getMessage() + "; or undo through the exporter that uses it, with --url");
        } catch (InvalidConfigException | LedgerException e) {
            return end(ExitStatus.USAGE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return end(ExitStatus.FAILURE, ExporterUrl.noResponse(Objects.requireNonNull(exporter.url), e));
        }
    }

    private int byExporter(URI url) throws IOException, InterruptedException {
        var running = new ExporterClient(url, client.access());
        String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
        HttpResponse<String> response = running.delete("/api/usage/" + encoded);
        return switch (response.statusCode()) {
            case 200 -> end(ExitStatus.OK, response.body().strip());
            case NOT_FOUND -> unknown();
            default -> end(ExitStatus.FAILURE, running + " " + ExporterClient.explain(response));
        };
    }

    private int inLedger() throws InvalidConfigException, LedgerException {
        PrintWriter err = spec.commandLine().getErr();
        if (storage.ledger().isMissing()) {
            return end(ExitStatus.USAGE, "there is no ledger at " + storage.ledger());
        }
        UndoResult result;
        try (var ledger = new StoppedLedger(storage, storage.readConfig(err::println), err::println)) {
            result = ledger.recorder().undo(id);
        }
        if (result instanceof Unavailable unavailable) {
            return end(ExitStatus.USAGE, unavailable.message());
        }
        return result == Settled.UNKNOWN
                ? unknown()
                : end(ExitStatus.OK, "{\"undone\":" + (result == Settled.UNDONE ? 1 : 0) + "}");
    }

    private int unknown() {
        return end(ExitStatus.FAILURE, "no event with this id is in the ledger");
    }

    private int end(int status, String message) {
        (status == ExitStatus.OK
                        ? spec.commandLine().getOut()
                        : spec.commandLine().getErr())
                .println(message);
        return status;
    }
}
