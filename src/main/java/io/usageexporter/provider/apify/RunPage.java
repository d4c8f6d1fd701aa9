package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of a list of runs. Immutable.
 *
 * @param runs without their compute units, which lists do not show
 * @param entries number of entries on the page, including invalid ones
 * @param isLast whether this is the last page
 */
public record RunPage(List<Run> runs, int entries, boolean isLast) {
    /** Maximum number of runs on a page. */
    public static final int LIMIT = 1000;

    public RunPage {
        runs = List.copyOf(runs);
    }

    /** Reads a page. */
    public static RunPage read(JsonNode node) {
        JsonNode page = ApifyJson.unwrapped(node);
        JsonNode items = page.path("items");
        var runs = new ArrayList<Run>();
        for (JsonNode item : items) {
            Run run = Run.read(item);
            if (run != null) {
                runs.add(run);
            }
        }
        int entries = items.size();
        boolean isReported =
                page.path("total").canConvertToLong() && page.path("offset").canConvertToLong();
        boolean isLast = isReported
                ? page.path("offset").longValue() + entries
                        >= page.path("total").longValue()
                : entries < LIMIT;
        return new RunPage(runs, entries, entries == 0 || isLast);
    }
}
