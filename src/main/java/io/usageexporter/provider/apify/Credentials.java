package io.usageexporter.provider.apify;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** By what something may be read, in the order in which it is tried. */
final class Credentials {
    private Credentials() {}

    /**
     * The exporter's own, then a caller's, then none, with which Apify shows much, too; each once.
     *
     * @param own null when the exporter has none
     * @param callers likewise
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
