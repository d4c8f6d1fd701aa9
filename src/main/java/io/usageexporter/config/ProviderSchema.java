package io.usageexporter.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the configuration reader needs to know about a kind of provider. Stateless. */
public interface ProviderSchema {
    /** The kind's name. */
    String kind();

    /** Whether the one provider of this kind has its name; otherwise providers are given it as {@code kind}. */
    default boolean isNamedByKind() {
        return true;
    }

    /** The settings that the configuration may omit. */
    ProviderDefaults defaults(String name);

    /** The URL of its API; null if it must be configured. */
    @Nullable
    URI upstream();

    /** The key below {@code poll} that names the file of the API key for polling; null if it is not polled. */
    @Nullable
    String pollKeyFile();

    /** The resources that tracking counts; empty if they depend on the configuration. */
    List<String> trackedResources();

    /** The resources whose monthly limits the account itself reports, for {@code auto}. */
    default List<String> accountResources() {
        return List.of();
    }

    /**
     * Reads the keys that only this kind has.
     *
     * @param provider the keys of the provider
     * @param gateway the keys below its {@code gateway}
     * @param resources the resources that the provider counts
     * @param folder the base of relative file names
     */
    ProviderSettings settings(ConfigSection provider, ConfigSection gateway, Set<String> resources, Path folder);
}
