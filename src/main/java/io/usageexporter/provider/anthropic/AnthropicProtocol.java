package io.usageexporter.provider.anthropic;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.gateway.Admission;
import io.usageexporter.gateway.GatewayMetrics;
import io.usageexporter.gateway.RateLimits;
import io.usageexporter.gateway.UnmeteredCalls;
import io.usageexporter.gateway.UsageRecorder;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.wire.NormalPath;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Anthropic's calls.
 *
 * @param category of calls that name none, as configured now
 */
public record AnthropicProtocol(
        UsageRecorder recorder,
        Admission admission,
        RateLimits rateLimits,
        GatewayMetrics metrics,
        UnmeteredCalls unmetered,
        Supplier<@Nullable String> category)
        implements ProviderProtocol {
    private static final Pattern ENCODED_SLASH = Pattern.compile("%2[Ff]");

    /** Servers that decode a whole path before they look at it take this for a slash; nothing in these paths has one. */
    @Override
    public String normal(String path) {
        return NormalPath.of(ENCODED_SLASH.matcher(path).replaceAll("/"));
    }

    @Override
    public ExchangeObserver watch(Request request) {
        String configured = category.get();
        String chosen = request.category() != null
                ? request.category()
                : configured != null ? configured : UsageEvent.UNCATEGORIZED;
        return new AnthropicObserver(
                this,
                AnthropicEndpoint.of(request.method(), request.path().toLowerCase(Locale.ROOT)),
                request,
                UsageEvent.sanitizeLabel(chosen));
    }

    @Override
    public @Nullable String mistake(String path) {
        return path.startsWith("/v1/v1/")
                ? "the base URL must not end in /v1, which the client adds; leave it out"
                : null;
    }

    @Override
    public String error(int status, String message) {
        String type = switch (status) {
            case 404 -> "not_found_error";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            default -> "api_error";
        };
        return AnthropicErrors.of(type, message);
    }
}
