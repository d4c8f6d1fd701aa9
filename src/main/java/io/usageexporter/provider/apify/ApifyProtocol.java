package io.usageexporter.provider.apify;

import io.usageexporter.event.TextRule;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.ProviderProtocol;
import org.jspecify.annotations.Nullable;

/** Calls of Apify's API. */
record ApifyProtocol(GatewayContext context) implements ProviderProtocol {
    @Override
    public ExchangeObserver observe(Request request) {
        String category = request.category() != null ? request.category() : context.category();
        return new ApifyObserver(
                context,
                ApifyOperation.of(request.method(), request.path(), request.query()),
                request,
                new RunAttribution(
                        category == null ? null : TextRule.LABEL.sanitize(category),
                        TextRule.LABEL.sanitize(request.consumer())));
    }

    @Override
    public @Nullable String baseUrlError(String path) {
        return path.startsWith("/v2/v2/")
                ? "the base URL must not end in /v2, which the client adds; leave it out"
                : null;
    }

    @Override
    public String error(int status, String message) {
        String type = switch (status) {
            case 401 -> "user-or-token-not-found";
            case 403 -> "insufficient-permissions";
            case 404 -> "page-not-found";
            case 429 -> "rate-limit-exceeded";
            default -> "internal-error";
        };
        return ApifyErrors.of(type, message);
    }
}
