package io.usageexporter.provider;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The usage that a provider itself reports for one day and model. Immutable.
 *
 * @param date in the provider's zone
 * @param model empty where the provider names none
 * @param used by resource, as it counts towards a quota; resources that are not reported are absent
 */
public record ProviderReportedDay(LocalDate date, String model, SortedMap<String, BigDecimal> used) {
    public ProviderReportedDay {
        used = Collections.unmodifiableSortedMap(new TreeMap<>(used));
    }
}
