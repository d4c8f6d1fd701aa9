package io.usageexporter.provider.apify;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.gateway.Admission;
import io.usageexporter.gateway.UnmeteredCalls;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.ProviderProtocol;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Apify's calls.
 *
 * @param category of calls that name none, as configured now; null for the platform of the actor
 */
public record ApifyProtocol(
        Admission admission,
        Supplier<RunListener> sightings,
        UnmeteredCalls unmetered,
        Supplier<@Nullable String> category)
        implements ProviderProtocol {
    @Override
    public ExchangeObserver watch(Request request) {
        String chosen = request.category() != null ? request.category() : category.get();
        return new ApifyObserver(
                this,
                ApifyOperation.of(request.method(), request.path(), request.query()),
                request,
                chosen == null ? null : UsageEvent.sanitizeLabel(chosen));
    }

    @Override
    public @Nullable String mistake(String path) {
        return path.startsWith("/v2/v2/")
                ? "the base URL must not end in /v2, which the client adds; leave it out"
                : null;
    }

    @Override
    public String error(int status, String message) {
        String type = switch (status) {
            case 404 -> "page-not-found";
            case 429 -> "rate-limit-exceeded";
            default -> "internal-error";
        };
        return ApifyErrors.of(type, message);
    }
}
