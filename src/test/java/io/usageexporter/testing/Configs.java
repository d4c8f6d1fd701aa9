package io.usageexporter.testing;

import io.usageexporter.Providers;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ingest.IngestConfig;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Configurations that know every kind of provider, as those of the exporter do. */
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

    /** What events are checked against by default. */
    public static IngestConfig ingest() {
        return new IngestConfig(defaults().providers(), Providers::postedUsage);
    }
}
