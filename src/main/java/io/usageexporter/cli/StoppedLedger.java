package io.usageexporter.cli;

import io.usageexporter.config.Config;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.function.Consumer;

/** Writes into the ledger of an exporter that is not running. */
final class StoppedLedger implements AutoCloseable {
    private final Recorder recorder;

    /**
     * Opens the ledger, which is created if it is missing.
     *
     * @param out receives the ledger and the configuration in use
     */
    StoppedLedger(Options.StorageOptions storage, Config config, Consumer<String> out) throws LedgerException {
        boolean isNew = Files.notExists(storage.ledger());
        recorder = Recorder.start(
                Ledger.open(storage.ledger()),
                config.providers().values(),
                config.prices(),
                InstantSource.system(),
                RecorderMetrics.NONE);
        out.accept(storage.inUse(isNew, recorder.totals().snapshot().events()));
    }

    Recorder recorder() {
        return recorder;
    }

    @Override
    public void close() throws LedgerException {
        recorder.close();
    }
}
