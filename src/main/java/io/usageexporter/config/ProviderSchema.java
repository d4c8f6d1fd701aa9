package io.usageexporter.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What reading the configuration takes to know of a kind of provider. Stateless. */
public interface ProviderSchema {
    /** The kind's name, which its provider bears or gives as {@code kind}. */
    String kind();

    /** Whether the kind has just one provider, of its name; others are given as {@code kind}. */
    default boolean isNamedByKind() {
        return true;
    }

    /** What the configuration need not give. */
    ProviderDefaults defaults(String name);

    /** Where its API is; null where that must be configured. */
    @Nullable
    URI upstream();

    /** The key below {@code poll} that names the file of the API key for polling; null where there are no polls. */
    @Nullable
    String pollKeyFile();

    /** What tracking counts; empty where that is up to the configuration. */
    List<String> trackedResources();

    /** The resource whose monthly limit the account itself reports, for {@code auto}; null where there is none. */
    @Nullable
    String accountResource();

    /**
     * Takes the keys that only this kind has.
     *
     * @param provider the keys of the provider
     * @param gateway the keys below its {@code gateway}
     * @param resources that the provider counts
     * @param folder that file names are relative to
     */
    ProviderSettings settings(ConfigSection provider, ConfigSection gateway, Set<String> resources, Path folder);
}
