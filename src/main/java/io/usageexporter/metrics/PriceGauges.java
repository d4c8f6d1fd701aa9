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

    private final LabelSets labels;

    PriceGauges(Report report, LabelSets labels) {
        this.labels = labels;
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
        price.add(labels(inForce), inForce.usd().doubleValue());
    }

    private Labels labels(PriceInForce price) {
        return price.pricing().isEmpty()
                ? labels.of("kind", price.kind(), "model", price.model(), "provider", price.provider())
                : labels.of(
                        "kind",
                        price.kind(),
                        "model",
                        price.model(),
                        "pricing",
                        price.pricing(),
                        "provider",
                        price.provider());
    }

    private void addUnpriced(ProviderReport provider) {
        provider.window(Window.MONTHLY).unpriced().forEach((model, byResource) -> {
            BigDecimal tokens = byResource.get(Measure.TOKENS);
            if (tokens != null) {
                unpriced.add(
                        labels.of(
                                "model", model, "provider", provider.provider().name()),
                        tokens.doubleValue());
            }
        });
    }
}
