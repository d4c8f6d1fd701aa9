package io.usageexporter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.client.ExporterClient;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.render.Badge;
import io.usageexporter.render.TextView;
import io.usageexporter.report.Health;
import io.usageexporter.report.PricedTotals;
import io.usageexporter.report.Report;
import io.usageexporter.totals.Totals;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints usage and what is left. */
@Command(
        name = "summary",
        description = {
            "Print usage and what is left, from a running exporter or from the ledger.",
            "Exit status 1 if the figures of a provider may be incomplete; the text says why."
        },
        mixinStandardHelpOptions = true)
final class SummaryCommand implements Callable<Integer> {
    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Option(
            names = "--url",
            paramLabel = "URL",
            converter = ExporterUrl.class,
            description = "A running exporter, such as localhost:5000. Default: none; the ledger is read.")
    @Nullable
    URI url;

    @Mixin
    Options.ClientOptions client = new Options.ClientOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        try {
            Summary summary = url == null ? fromLedger() : fromExporter(url);
            spec.commandLine().getOut().print(summary.text());
            spec.commandLine().getOut().flush();
            return summary.isUnknown() ? ExitStatus.FAILURE : ExitStatus.OK;
        } catch (InvalidConfigException | LedgerException | IllegalArgumentException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.USAGE;
        } catch (UnexpectedResponseException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.FAILURE;
        } catch (IOException e) {
            spec.commandLine().getErr().println(ExporterUrl.noResponse(Objects.requireNonNull(url), e));
            return ExitStatus.FAILURE;
        }
    }

    /** @param isIncomplete whether the figures of any provider may be incomplete */
    private record Summary(String text, boolean isIncomplete) {
        /** Whether anything that would be good is unknown. */
        boolean isUnknown() {
            return isIncomplete || text.contains(Badge.UNKNOWN.emoji());
        }
    }

    private Summary fromLedger() throws InvalidConfigException, LedgerException {
        PrintWriter err = spec.commandLine().getErr();
        Config config = storage.readConfig(err::println);
        Instant now = InstantSource.system().instant();
        try (LedgerReader ledger = storage.ledger().read()) {
            var providers = config.providers().values();
            var totals = ledger.snapshot(Totals.firstDayKept(now), Totals.windowsKeptFrom(now));
            err.println(storage.inUse(false, totals.events()));
            Report report = Report.of(
                    config.thresholds(), providers, PricedTotals.of(totals, config.prices()), Health.GOOD, now, now);
            return new Summary(TextView.render(report), report.isAnyUnknown());
        }
    }

    /** The exporter responded, but not with the figures. */
    private static final class UnexpectedResponseException extends Exception {
        private static final long serialVersionUID = 1L;

        UnexpectedResponseException(String message) {
            super(message);
        }
    }

    private Summary fromExporter(URI url) throws IOException, InterruptedException, UnexpectedResponseException {
        var exporter = new ExporterClient(url, client.access());
        String text = get(exporter, "/usage", "text/plain");
        JsonNode unknown = new ObjectMapper()
                .readTree(get(exporter, "/api/usage", "application/json"))
                .path("unknown");
        return new Summary(text, !unknown.isEmpty());
    }

    private static String get(ExporterClient exporter, String path, String type)
            throws IOException, InterruptedException, UnexpectedResponseException {
        HttpResponse<String> response = exporter.get(path, type);
        if (response.statusCode() != 200) {
            throw new UnexpectedResponseException(exporter + " " + ExporterClient.explain(response));
        }
        return response.body();
    }
}
