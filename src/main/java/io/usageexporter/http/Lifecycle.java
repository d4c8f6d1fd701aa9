package io.usageexporter.http;

/** The actions of {@code /-/reload} and {@code /-/quit}. */
public interface Lifecycle {
    /**
     * Reloads the configuration file.
     *
     * @throws Exception if it is invalid; the running configuration stays
     */
    void reload() throws Exception;

    /** Starts a graceful shutdown, and returns at once. */
    void quit();
}
