package io.usageexporter;

import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.metrics.SelfMetrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Loads the configuration file, and knows whether the exporter runs with its last version. Thread-safe. */
final class ConfigFile {
    private static final Logger LOG = System.getLogger(ConfigFile.class.getName());

    private final @Nullable Path path;
    private final InstantSource clock;
    private volatile boolean current = true;
    private volatile long loadedAtMillis;

    /** Applies a configuration to the running exporter. */
    interface Target {
        void apply(Config next) throws ExecutionException, InterruptedException;
    }

    /** @param path null for the built-in configuration */
    ConfigFile(@Nullable Path path, InstantSource clock) {
        this.path = path;
        this.clock = clock;
    }

    /** The configuration with which the exporter starts. */
    Config load() throws InvalidConfigException {
        Config config = read();
        loadedAtMillis = clock.millis();
        return config;
    }

    private Config read() throws InvalidConfigException {
        return Providers.configReader().load(path, warning -> LOG.log(Level.WARNING, warning));
    }

    /** Loads the file again and applies it. */
    synchronized void reload(Target target) throws InvalidConfigException {
        try {
            target.apply(read());
            current = true;
            loadedAtMillis = clock.millis();
            LOG.log(
                    Level.INFO,
                    path == null
                            ? "configuration reloaded: the built-in one, since no --config.file is given"
                            : "configuration reloaded: " + path.toAbsolutePath());
        } catch (InvalidConfigException e) {
            failed(e.getMessage());
            throw e;
        } catch (ExecutionException e) {
            String why = e.getCause() == null ? "unknown" : e.getCause().getMessage();
            failed(why);
            throw new IllegalStateException(why, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void failed(@Nullable String why) {
        current = false;
        LOG.log(Level.ERROR, "reload failed, keeping the running configuration: {0}", why);
    }

    /** Whether the last load or reload succeeded. */
    boolean isCurrent() {
        return current;
    }

    void registerGauges(SelfMetrics metrics) {
        metrics.gauge(
                "usage_exporter_config_last_reload_successful",
                "Whether the last configuration load or reload succeeded (1) or failed (0).",
                () -> current ? 1 : 0);
        metrics.gauge(
                "usage_exporter_config_last_reload_success_timestamp_seconds",
                "Time at which the running configuration was loaded.",
                () -> loadedAtMillis / 1000.0);
    }
}
