package io.usageexporter.render.page;

import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.render.page.Page.Gauge;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/** The bar of one quota. Its full width is the limit or, if larger, the usage. */
final class GaugePresenter {
    /** Minimum width of the limit in an overdrawn bar, in percent. */
    private static final double MIN_LIMIT_WIDTH = 4;

    private GaugePresenter() {}

    static Gauge of(Quota quota) {
        BigDecimal percent = quota.percent(2);
        if (quota.over().signum() == 0) {
            return new Gauge(percent.toPlainString() + "%", null, ticks(quota.thresholds(), 100));
        }
        double limit = quota.limit().signum() == 0 ? 0 : Math.max(MIN_LIMIT_WIDTH, 10_000 / percent.doubleValue());
        return new Gauge(width(limit), width(100 - limit), ticks(quota.thresholds(), limit));
    }

    /** The bar of a quota without known usage. */
    static Gauge empty(Thresholds thresholds) {
        return new Gauge("0%", null, ticks(thresholds, 100));
    }

    private static List<String> ticks(Thresholds thresholds, double limit) {
        return List.of(
                width(thresholds.warning().doubleValue() * limit),
                width(thresholds.critical().doubleValue() * limit));
    }

    private static String width(double percent) {
        return String.format(Locale.ROOT, "%.2f%%", percent);
    }
}
