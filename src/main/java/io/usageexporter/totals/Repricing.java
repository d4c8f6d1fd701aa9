package io.usageexporter.totals;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import java.util.List;

/**
 * An event that counts in its day at another price than before, since an amendment said what it costs or made its prompt
 * long.
 *
 * @param rows the event and its earlier amendments
 */
public record Repricing(List<RecordedEvent> rows, Pricing before, Pricing after) {}
