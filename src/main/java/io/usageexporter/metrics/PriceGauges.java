package io.usageexporter.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.usageexporter.event.Measure;
import io.usageexporter.report.PriceInForce;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.util.List;

/** What usage costs, and what has no price. */
final class PriceGauges {
    private final GaugeBuilder price =
            new GaugeBuilder("api_price_usd", "Price in force of a token or unit, in US dollars.");
    private final GaugeBuilder unpriced =
            new GaugeBuilder("api_usage_unpriced_tokens", "Current monthly usage of tokens without a price.");

    PriceGauges(Report report) {
        report.providers().forEach(provider -> {
            provider.prices().forEach(this::add);
            addUnpriced(provider);
        });
    }

    void addTo(List<MetricSnapshot> metrics) {
        price.addTo(metrics);
        unpriced.addTo(metrics);
    }

    private void add(PriceInForce inForce) {
        Labels labels = Labels.of("kind", inForce.kind(), "model", inForce.model(), "provider", inForce.provider());
        String pricing = inForce.pricing();
        price.add(
                pricing.isEmpty() ? labels : labels.add("pricing", pricing),
                inForce.usd().doubleValue());
    }

    private void addUnpriced(ProviderReport provider) {
        provider.window(Window.MONTHLY).unpriced().forEach((model, byResource) -> {
            BigDecimal tokens = byResource.get(Measure.TOKENS);
            if (tokens != null) {
                unpriced.add(
                        Labels.of(
                                "model", model, "provider", provider.provider().name()),
                        tokens.doubleValue());
            }
        });
    }
}
