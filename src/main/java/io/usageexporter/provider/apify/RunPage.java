package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of a list of runs. Immutable.
 *
 * @param runs as the list shows them, which is without their compute units
 * @param entries on the page, also those that are no runs
 * @param isLast whether no page follows
 */
public record RunPage(List<Run> runs, int entries, boolean isLast) {
    /** Runs on a page, at the most. */
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
        boolean told =
                page.path("total").canConvertToLong() && page.path("offset").canConvertToLong();
        boolean isLast = told
                ? page.path("offset").longValue() + entries
                        >= page.path("total").longValue()
                : entries < LIMIT;
        return new RunPage(runs, entries, entries == 0 || isLast);
    }
}
