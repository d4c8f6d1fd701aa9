package io.usageexporter.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.undertow.server.HttpServerExchange;
import io.usageexporter.event.Source;
import io.usageexporter.ingest.BodyReader;
import io.usageexporter.ingest.ImportLines;
import io.usageexporter.ingest.IngestConfig;
import io.usageexporter.ingest.InvalidBodyException;
import io.usageexporter.ingest.InvalidBodyException.Fault;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.recording.Outcome;
import io.usageexporter.recording.Outcome.Imported;
import io.usageexporter.recording.Outcome.Unavailable;
import io.usageexporter.recording.Recorder;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code POST /api/usage/import}: one event a line, of any age, of which those are recorded that can be. The response says
 * what is wrong with the others.
 */
final class ImportHandler extends RecordHandler {
    private static final JsonFactory JSON = new JsonFactory();

    private final Recorder recorder;
    private final Supplier<IngestConfig> config;
    private final InstantSource clock;
    private final SelfMetrics metrics;

    ImportHandler(
            Recorder recorder,
            Supplier<IngestConfig> config,
            InstantSource clock,
            SelfMetrics metrics,
            Refusals refusals,
            BodyMemory memory,
            BodyPace pace) {
        super(recorder, config, clock, metrics, refusals, memory, pace);
        this.recorder = recorder;
        this.config = config;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    void submit(HttpServerExchange exchange, Format format, byte[] body, BodyMemory.Claim claim)
            throws InvalidBodyException {
        ImportLines lines =
                BodyReader.readValidLines(config.get().forImport(), clock.instant(), body, claim::reserveEvents);
        recorder.importEvents(
                ofCaller(exchange, lines.events()),
                Source.API,
                outcome -> ExceptionHandler.resume(exchange, ex -> respond(ex, lines, outcome)));
    }

    private void respond(HttpServerExchange exchange, ImportLines lines, Outcome outcome) {
        if (outcome instanceof Imported imported) {
            List<Fault> faults = lines.faultsWith(imported.faults());
            metrics.rejected(SelfMetrics.Rejection.CONFLICT, imported.conflicts());
            metrics.rejected(SelfMetrics.Rejection.INVALID, faults.size() - imported.conflicts());
            Success.send(exchange, "application/json", json(imported, faults));
        } else if (outcome instanceof Unavailable unavailable) {
            refuse(exchange, unavailable, lines.events().size());
        }
    }

    private static String json(Imported imported, List<Fault> faults) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("recorded", imported.recorded());
            json.writeNumberField("duplicates", imported.duplicates());
            json.writeNumberField("conflicts", imported.conflicts());
            json.writeNumberField("refused", faults.size() - imported.conflicts());
            Problem.writeErrors(json, faults);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }
}
