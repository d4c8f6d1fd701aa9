package io.usageexporter.http;

/** What {@code /-/reload} and {@code /-/quit} do. */
public interface Lifecycle {
    /**
     * Reads the configuration file again.
     *
     * @throws Exception saying why the running configuration stays
     */
    void reload() throws Exception;

    /** Begins an orderly end, and returns at once. */
    void quit();
}
