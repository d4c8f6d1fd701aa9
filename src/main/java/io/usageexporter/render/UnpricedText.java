package io.usageexporter.render;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.report.WindowReport;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Usage without a price as text. */
public final class UnpricedText {
    private static final int MODELS_NAMED = 3;

    private UnpricedText() {}

    /**
     * A list such as {@code 1200 tokens of gpt-9, 3 compute units}.
     *
     * @return null if everything has a price
     */
    public static @Nullable String list(WindowReport window) {
        var parts = new ArrayList<String>();
        window.unpriced()
                .forEach((model, byResource) -> byResource.forEach(
                        (resource, units) -> parts.add(Humanize.quantity(resource, units) + of(model))));
        int more = parts.size() - MODELS_NAMED;
        return parts.isEmpty()
                ? null
                : String.join(", ", more > 0 ? parts.subList(0, MODELS_NAMED) : parts)
                        + (more > 0 ? " and " + more + " more" : "");
    }

    private static String of(String model) {
        return switch (model) {
            case "" -> "";
            case UsageEvent.OTHER -> " of other models";
            default -> " of " + model;
        };
    }
}
