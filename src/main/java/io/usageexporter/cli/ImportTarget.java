package io.usageexporter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.client.ExporterClient;
import io.usageexporter.event.Source;
import io.usageexporter.ingest.BodyReader;
import io.usageexporter.ingest.ImportLines;
import io.usageexporter.ingest.IngestConfig;
import io.usageexporter.ingest.InvalidBodyException;
import io.usageexporter.ingest.InvalidBodyException.Fault;
import io.usageexporter.recording.Outcome;
import io.usageexporter.recording.Outcome.Imported;
import io.usageexporter.recording.Outcome.Unavailable;
import io.usageexporter.recording.Recorder;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Takes batches of lines to import. */
interface ImportTarget {
    /**
     * What became of a batch.
     *
     * @param conflicts of the faults, those whose id belongs to another event
     * @param faults by the index of the line in the batch
     */
    record Result(long recorded, long duplicates, long conflicts, List<Fault> faults) {}

    /** The batch was not taken; it may be sent again. The message says why. */
    final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Imports a batch.
     *
     * @throws IOException if there was no response, but still the batch may have been taken
     */
    Result post(byte[] lines) throws IOException, InterruptedException, InvalidBodyException, RefusedException;

    /** The ledger of an exporter that is not running. */
    static ImportTarget of(Recorder recorder, IngestConfig config) {
        return lines -> {
            ImportLines read = BodyReader.readValidLines(
                    config.forImport(), InstantSource.system().instant(), lines, more -> true);
            var done = new CompletableFuture<Outcome>();
            recorder.importEvents(read.events(), Source.CLI, done::complete);
            if (done.join() instanceof Imported imported) {
                return new Result(
                        imported.recorded(),
                        imported.duplicates(),
                        imported.conflicts(),
                        read.faultsWith(imported.faults()));
            }
            throw new RefusedException(((Unavailable) done.join()).message());
        };
    }

    /** A running exporter. */
    static ImportTarget of(ExporterClient exporter) {
        var mapper = new ObjectMapper();
        return lines -> {
            HttpResponse<String> response = exporter.post("/api/usage/import", "application/x-ndjson", lines);
            if (response.statusCode() != 200) {
                throw new RefusedException(exporter + " " + ExporterClient.explain(response));
            }
            JsonNode json = mapper.readTree(response.body());
            var faults = new ArrayList<Fault>();
            json.path("errors")
                    .forEach(error -> faults.add(new Fault(
                            error.path("index").asInt(), error.path("detail").asText())));
            return new Result(
                    json.path("recorded").asLong(),
                    json.path("duplicates").asLong(),
                    json.path("conflicts").asLong(),
                    faults);
        };
    }
}
