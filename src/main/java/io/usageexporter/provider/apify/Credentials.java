package io.usageexporter.provider.apify;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The credentials to read with, in the order in which they are tried. */
final class Credentials {
    private Credentials() {}

    /**
     * The exporter's own, then the caller's, then none, since Apify shows much without one; without duplicates.
     *
     * @param own the exporter's, or null
     * @param callers the caller's, or null
     */
    static List<@Nullable String> of(@Nullable String own, @Nullable String callers) {
        var credentials = new ArrayList<@Nullable String>();
        if (own != null) {
            credentials.add(own);
        }
        if (callers != null && !callers.equals(own)) {
            credentials.add(callers);
        }
        credentials.add(null);
        return credentials;
    }
}
