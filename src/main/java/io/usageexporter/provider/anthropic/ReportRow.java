package io.usageexporter.provider.anthropic;

import io.usageexporter.event.Measure;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;

/**
 * What Anthropic reports for one model and time range. Immutable.
 *
 * @param startingAt start of the time range
 * @param model empty if the report names none
 * @param amounts including zeros; what is not reported is absent
 */
public record ReportRow(Instant startingAt, String model, Map<Measure, BigDecimal> amounts) {
    public ReportRow {
        amounts = Map.copyOf(amounts);
    }
}
