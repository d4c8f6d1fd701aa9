package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;

/**
 * An event with what was added to it later.
 *
 * @param first as it was first recorded
 * @param usage its amounts together with those of its amendments
 */
public record WholeEvent(RecordedEvent first, Usage usage) {
    /**
     * The event in the form in which it may be posted, to any ledger, and any number of times.
     *
     * @param ids of events that have none
     */
    public UsageEvent exported(ExportedId ids) {
        return first.exported(ids.of(first.number()), usage);
    }
}
