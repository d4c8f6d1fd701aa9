package io.usageexporter;

import io.micrometer.core.instrument.Tags;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.recording.Recorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;

/**
 * The gauges of the ledger.
 *
 * @param id of the ledger
 * @param openedAtMillis when this exporter opened it
 */
record LedgerGauges(Recorder recorder, LedgerReader reader, BooleanSupplier writable, String id, long openedAtMillis) {
    private interface Measurement {
        long bytes() throws IOException;
    }

    void register(SelfMetrics metrics) {
        metrics.gauge(
                "usage_exporter_ledger_queue_events",
                "Current number of events waiting to be recorded.",
                recorder::queuedEvents);
        metrics.gauge(
                "usage_exporter_ledger_writable",
                "Whether the last write to the ledger succeeded (1) or failed (0); an idle ledger is probed.",
                () -> writable.getAsBoolean() ? 1 : 0);
        metrics.gauge(
                "usage_exporter_ledger_size_bytes",
                "Size of the ledger on disk, including its write-ahead log.",
                () -> bytes(reader::sizeBytes));
        if (!recorder.isShared()) { // where only the server knows
            metrics.gauge(
                    "usage_exporter_ledger_disk_free_bytes",
                    "Space available to this user on the ledger's disk.",
                    () -> bytes(reader::freeBytes));
        }
        metrics.gauge(
                "usage_exporter_ledger_open_timestamp_seconds",
                "Time at which this exporter opened its ledger; exporters that share a ledger show the same id.",
                Tags.of("ledger", id),
                () -> openedAtMillis / 1000.0);
    }

    private static double bytes(Measurement measurement) {
        try {
            return measurement.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
