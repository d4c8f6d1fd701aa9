package io.usageexporter.config;

import io.usageexporter.forwarded.AddressRange;
import io.usageexporter.forwarded.ReverseProxies;
import java.net.URI;
import java.util.List;
import java.util.Objects;

/** Reads {@code trusted_proxies} and {@code public_url}. */
final class ReverseProxyReader {
    private ReverseProxyReader() {}

    static ReverseProxies read(ConfigSection keys) {
        List<String> trusted = keys.texts(
                "trusted_proxies",
                List.of(),
                text -> AddressRange.parse(text) != null,
                "must contain addresses and ranges of them, such as 10.0.0.0/8 or fd00::/8, each once");
        URI publicUrl = keys.valueOrNull(
                "public_url",
                ConfigValues::upstream,
                "must be http:// or https:// and a host, with an optional port and path");
        return new ReverseProxies(
                trusted.stream()
                        .map(text -> Objects.requireNonNull(AddressRange.parse(text)))
                        .toList(),
                publicUrl);
    }
}
