package io.usageexporter.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.usageexporter.Providers;
import io.usageexporter.client.ExporterClient;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ingest.BodyReader;
import io.usageexporter.ingest.IngestConfig;
import io.usageexporter.ingest.InvalidBodyException;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.recording.Outcome;
import io.usageexporter.recording.Outcome.Conflict;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.recording.Outcome.Unavailable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Records one event. It is converted to the JSON of {@code POST /api/usage}, so that the same rules apply. */
@Command(
        name = "record",
        description =
                "Record one event: through a running exporter with --url, otherwise directly into the ledger: a file"
                        + " whose exporter is not running, or one that exporters share.",
        customSynopsis = "usage-exporter record --provider=NAME [OPTIONS] RESOURCE=AMOUNT...",
        mixinStandardHelpOptions = true)
final class RecordCommand implements Callable<Integer> {
    private static final JsonFactory JSON = new JsonFactory();

    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Mixin
    Options.ExporterOption exporter = new Options.ExporterOption();

    @Option(
            names = "--provider",
            required = true,
            paramLabel = "NAME",
            description = "The provider of the API. Required.")
    String provider = "";

    @Option(names = "--category", paramLabel = "TEXT", description = "The request type or platform.")
    @Nullable
    String category;

    @Option(names = "--consumer", paramLabel = "TEXT", description = "Who used it, such as a team or an application.")
    @Nullable
    String consumer;

    @Option(
            names = "--pricing",
            paramLabel = "TEXT",
            description = "At what price it is billed where that is not the standard one, such as batch.")
    @Nullable
    String pricing;

    @Option(names = "--model", paramLabel = "TEXT", description = "The model that was used.")
    @Nullable
    String model;

    @Option(names = "--id", paramLabel = "TEXT", description = "The event's id; events with the same id count once.")
    @Nullable
    String id;

    @Option(
            names = "--at",
            paramLabel = "INSTANT",
            description = "Time of the usage, such as 2026-11-24T09:15:00Z. Default: now.")
    @Nullable
    String at;

    @Parameters(
            paramLabel = "RESOURCE=AMOUNT",
            arity = "1..*",
            description =
                    "Amounts used, such as requests=1 tokens=3000, or tokens.input=1200 tokens.output=800, or usd=0.25.")
    Map<String, String> amounts = new LinkedHashMap<>();

    @Mixin
    Options.ClientOptions client = new Options.ClientOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        try {
            return exporter.url == null ? intoLedger() : byExporter(exporter.url);
        } catch (LedgerException.InUse e) {
            return end(ExitStatus.USAGE, e.getMessage() + "; or record through the exporter that uses it, with --url");
        } catch (InvalidBodyException e) {
            return end(ExitStatus.USAGE, e.getMessage() + "; " + storage.configurationInUse());
        } catch (InvalidConfigException | LedgerException | IllegalArgumentException e) {
            return end(ExitStatus.USAGE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return end(ExitStatus.FAILURE, ExporterUrl.noResponse(Objects.requireNonNull(exporter.url), e));
        }
    }

    private int byExporter(URI url) throws IOException, InterruptedException {
        var running = new ExporterClient(url, client.access());
        HttpResponse<String> response = running.post("/api/usage", json().getBytes(StandardCharsets.UTF_8));
        boolean isJson =
                response.headers().firstValue("Content-Type").orElse("").contains("json");
        return end(
                switch (response.statusCode()) {
                    case 200 -> ExitStatus.OK;
                    case 400 -> ExitStatus.USAGE;
                    default -> ExitStatus.FAILURE;
                },
                isJson ? response.body().strip() : running + " " + ExporterClient.explain(response));
    }

    private int intoLedger()
            throws InvalidConfigException, LedgerException, InvalidBodyException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        Config config = storage.readConfig(err::println);
        List<UsageEvent> events = BodyReader.readJson(
                new IngestConfig(config.providers(), Providers::postedUsage),
                InstantSource.system().instant(),
                json().getBytes(StandardCharsets.UTF_8),
                more -> true);
        var result = new CompletableFuture<Outcome>();
        try (var ledger = new StoppedLedger(storage, config, err::println)) {
            ledger.recorder().submit(events, Source.CLI, result::complete);
        }
        Outcome outcome = result.join();
        if (outcome instanceof Recorded recorded) {
            return end(
                    ExitStatus.OK,
                    "{\"recorded\":" + recorded.recorded() + ",\"duplicates\":" + recorded.duplicates() + "}");
        }
        return end(
                ExitStatus.FAILURE,
                outcome instanceof Conflict
                        ? "the id was recorded before with other content"
                        : ((Unavailable) outcome).message());
    }

    private int end(int status, String message) {
        (status == ExitStatus.OK
                        ? spec.commandLine().getOut()
                        : spec.commandLine().getErr())
                .println(message);
        return status;
    }

    private String json() {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("provider", provider);
            field(json, "category", category);
            field(json, "consumer", consumer);
            field(json, "model", model);
            field(json, "pricing", pricing);
            field(json, "id", id);
            field(json, "at", at);
            json.writeObjectFieldStart("usage");
            writeAmounts(json);
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void writeAmounts(JsonGenerator json) throws IOException {
        var kinds = new LinkedHashMap<String, String>();
        for (var amount : amounts.entrySet()) {
            if (!amount.getValue().matches("\\d{1,20}(\\.\\d{1,20})?")) {
                throw new IllegalArgumentException(
                        amount.getKey() + " must be a decimal number, not '" + amount.getValue() + "'");
            }
            if (amount.getKey().startsWith("tokens.")) {
                kinds.put(amount.getKey().substring("tokens.".length()), amount.getValue());
            } else {
                json.writeFieldName(amount.getKey());
                json.writeNumber(amount.getValue());
            }
        }
        if (!kinds.isEmpty()) {
            json.writeObjectFieldStart("tokens");
            for (var kind : kinds.entrySet()) {
                json.writeFieldName(kind.getKey());
                json.writeNumber(kind.getValue());
            }
            json.writeEndObject();
        }
    }

    private static void field(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }
}
