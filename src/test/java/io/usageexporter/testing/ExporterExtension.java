package io.usageexporter.testing;

import static java.util.Objects.requireNonNull;

import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For each test an exporter in this process, with its own folder and a clock that stands at 2026-11-24T09:15:00Z. */
public final class ExporterExtension implements RunningExporter, BeforeEachCallback, AfterEachCallback {
    private final @Nullable Configuration configuration;
    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private @Nullable Path folder;
    private @Nullable TestExporter exporter;

    /** Writes the YAML of a configuration, whose secrets may be files in the same folder. */
    public interface Configuration {
        String in(Path folder) throws IOException;
    }

    /** With the built-in configuration. */
    public ExporterExtension() {
        configuration = null;
    }

    /** With a configuration in YAML. */
    public ExporterExtension(String yaml) {
        this(folder -> yaml);
    }

    public ExporterExtension(Configuration configuration) {
        this.configuration = configuration;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("exporter");
        if (configuration != null) {
            Files.writeString(config(), configuration.in(folder));
        }
        start();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        exporter().close();
        Folders.delete(folder());
    }

    private void start() throws InvalidConfigException, LedgerException {
        exporter = new TestExporter(ledger(), configuration == null ? null : config(), clock);
    }

    /** Stops the exporter and starts another one on the same ledger. */
    public void restart() throws InvalidConfigException, LedgerException {
        exporter().close();
        start();
    }

    private TestExporter exporter() {
        return requireNonNull(exporter);
    }

    @Override
    public Http http() {
        return exporter().http();
    }

    public SettableClock clock() {
        return clock;
    }

    public Path folder() {
        return requireNonNull(folder);
    }

    public Path ledger() {
        return folder().resolve("usage.db");
    }

    /** The configuration file. */
    public Path config() {
        return folder().resolve("usage.yml");
    }
}
