package io.usageexporter.render.page;

import io.usageexporter.report.WindowReport;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.SortedMap;

/** What the page divides usage by. */
public enum By {
    CATEGORY,
    CONSUMER,
    MODEL;

    /** The value of the query parameter. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The usage of a window by name and resource. */
    SortedMap<String, SortedMap<String, BigDecimal>> parts(WindowReport window) {
        return switch (this) {
            case CATEGORY -> window.breakdown();
            case CONSUMER -> window.consumers();
            case MODEL -> window.models();
        };
    }
}
