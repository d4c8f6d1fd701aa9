package io.usageexporter.testing;

import io.usageexporter.Providers;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ingest.IngestConfig;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Configurations with all kinds of providers, like those of the exporter. */
public final class Configs {
    private Configs() {}

    public static Config defaults() {
        return Providers.configReader().defaults();
    }

    public static Config load(@Nullable Path file) throws InvalidConfigException {
        return Providers.configReader().load(file);
    }

    public static Config load(@Nullable Path file, Consumer<String> warnings) throws InvalidConfigException {
        return Providers.configReader().load(file, warnings);
    }

    public static Config read(String source, String yaml) throws InvalidConfigException {
        return Providers.configReader().read(source, yaml);
    }

    /** The default configuration by which events are checked. */
    public static IngestConfig ingest() {
        return new IngestConfig(defaults().providers(), Providers::postedUsage);
    }
}
