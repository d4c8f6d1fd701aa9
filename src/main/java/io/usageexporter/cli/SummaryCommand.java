package io.usageexporter.cli;

import io.usageexporter.client.ExporterHttp;
import io.usageexporter.config.Config;
import io.usageexporter.config.ConfigReader;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.report.Report;
import io.usageexporter.totals.Totals;
import io.usageexporter.view.TextView;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what is used and left. */
@Command(
        name = "summary",
        description = "Print what is used and left, from a running exporter or else from the ledger file.",
        mixinStandardHelpOptions = true)
final class SummaryCommand implements Callable<Integer> {
    @Mixin
    Options.Data data = new Options.Data();

    @Option(names = "--url", paramLabel = "URL", description = "A running exporter, such as http://127.0.0.1:5000.")
    @Nullable
    URI url;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        try {
            spec.commandLine().getOut().print(url == null ? fromLedger() : fromExporter(url));
            spec.commandLine().getOut().flush();
            return ExitStatus.OK;
        } catch (InvalidConfigException | LedgerException | IllegalArgumentException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.USAGE;
        } catch (IOException e) {
            spec.commandLine().getErr().println(url + " does not answer: " + e);
            return ExitStatus.NO;
        }
    }

    private String fromLedger() throws InvalidConfigException, LedgerException {
        Config config = ConfigReader.load(data.configFile);
        Instant now = InstantSource.system().instant();
        try (LedgerReader ledger = LedgerReader.open(data.storagePath)) {
            var providers = config.providers().values();
            var totals = ledger.snapshot(Totals.firstDayKept(now));
            return TextView.render(Report.of(config.thresholds(), providers, totals, now, now));
        }
    }

    private static String fromExporter(URI url) throws IOException, InterruptedException {
        HttpResponse<String> answer = new ExporterHttp(url).get("/usage", "text/plain");
        if (answer.statusCode() != 200) {
            throw new IOException("status " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}
