package io.usageexporter.totals;

import java.time.LocalDate;

/** A calendar day in a provider's time zone. Every window is a run of whole days. */
public record Day(String provider, LocalDate date) {
    @Override
    public String toString() {
        return provider + " " + date;
    }
}
