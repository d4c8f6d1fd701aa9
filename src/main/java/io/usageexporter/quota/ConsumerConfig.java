package io.usageexporter.quota;

import io.usageexporter.totals.Label;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.util.Map;
import java.util.SortedMap;

/**
 * A consumer as configured, with its limits at one provider. Immutable.
 *
 * @param displayName shown to people
 * @param limits by window and resource; a pair that is absent has no limit
 */
public record ConsumerConfig(String displayName, Map<Window, SortedMap<String, BigDecimal>> limits) {
    /** What further consumers of a provider count as, which cannot be configured. */
    public static final String OTHER = Label.OTHER;
}
