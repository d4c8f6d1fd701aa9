package io.usageexporter.ingest;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.ingest.InvalidBodyException.Fault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What could be read of lines to import.
 *
 * @param events the valid ones
 * @param indexes of these among all events, from 0
 * @param faults of the others, by their index among all
 */
public record ImportLines(List<UsageEvent> events, List<Integer> indexes, List<Fault> faults) {
    /** All faults in the order of the lines, with those that recording found, by the index among the valid events. */
    public List<Fault> faultsWith(Map<Integer, String> found) {
        var all = new ArrayList<>(faults);
        found.forEach((index, detail) -> all.add(new Fault(indexes.get(index), detail)));
        all.sort(Comparator.comparingInt(Fault::index));
        return all;
    }
}
