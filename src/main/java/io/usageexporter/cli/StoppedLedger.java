package io.usageexporter.cli;

import io.usageexporter.config.Config;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.totals.Totals;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.function.Consumer;

/** Writes into the ledger of an exporter that is not running, or into one that exporters share. */
final class StoppedLedger implements AutoCloseable {
    private final Recorder recorder;

    /**
     * Opens the ledger, which is created if it is missing.
     *
     * @param config by which everything is counted again where it was counted otherwise; not of a shared ledger, whose
     *     exporters would go on by theirs
     * @param out receives the ledger and the configuration in use
     */
    StoppedLedger(Options.StorageOptions storage, Config config, Consumer<String> out) throws LedgerException {
        boolean isNew = storage.ledger().isMissing();
        InstantSource clock = InstantSource.system();
        Ledger ledger = storage.ledger().open();
        try {
            if (ledger.isShared()) {
                requireSameCounting(ledger, config, clock.instant());
            }
            recorder =
                    Recorder.start(ledger, config.providers().values(), config.prices(), clock, RecorderMetrics.NONE);
        } catch (LedgerException e) {
            ledger.close();
            throw e;
        }
        out.accept(storage.inUse(isNew, recorder.totals().snapshot().events()));
    }

    private static void requireSameCounting(Ledger ledger, Config config, Instant now) throws LedgerException {
        var totals = new Totals(ledger.readTotals(Totals.firstDayKept(now), Totals.windowsKeptFrom(now)));
        for (ProviderConfig provider : config.providers().values()) {
            String name = provider.name();
            ZoneId zone = totals.zone(name);
            if (zone != null
                    && !(zone.equals(provider.zone())
                            && totals.counted(name).equals(provider.countedWindows())
                            && totals.longPrompts(name).equals(config.prices().longPromptRules(name)))) {
                throw new LedgerException(
                        "the exporters that share the ledger count " + name
                                + " in another time zone, in other windows or with other long prompts; give their --config.file");
            }
        }
    }

    Recorder recorder() {
        return recorder;
    }

    @Override
    public void close() throws LedgerException {
        recorder.close();
    }
}
