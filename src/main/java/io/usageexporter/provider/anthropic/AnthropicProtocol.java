package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.wire.NormalPath;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Calls of Anthropic's API. */
record AnthropicProtocol(GatewayContext context) implements ProviderProtocol {
    private static final Pattern ENCODED_SLASH = Pattern.compile("%2[Ff]");

    /** Servers that decode a path before they split it take this for a slash; no segment of these paths contains one. */
    @Override
    public String normal(String path) {
        return NormalPath.of(
                path.indexOf('%') < 0 ? path : ENCODED_SLASH.matcher(path).replaceAll("/"));
    }

    @Override
    public ExchangeObserver observe(Request request) {
        return new AnthropicObserver(
                context, AnthropicEndpoint.of(request.method(), request.path().toLowerCase(Locale.ROOT)), request);
    }

    @Override
    public @Nullable String baseUrlError(String path) {
        return path.startsWith("/v1/v1/")
                ? "the base URL must not end in /v1, which the client adds; leave it out"
                : null;
    }

    @Override
    public String error(int status, String message) {
        String type = switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            default -> "api_error";
        };
        return AnthropicErrors.of(type, message);
    }
}
