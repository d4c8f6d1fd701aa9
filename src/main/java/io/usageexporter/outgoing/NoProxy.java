package io.usageexporter.outgoing;

import io.usageexporter.forwarded.AddressRange;
import io.usageexporter.forwarded.HostAndPort;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The hosts that are reached without a proxy, as in {@code NO_PROXY}: {@code *}, addresses and ranges of them, names with
 * all below them, names below {@code .example.com} alone, each but the ranges with an optional port; and always loopback.
 */
record NoProxy(List<String> entries) {
    static NoProxy parse(String text) {
        return new NoProxy(Stream.of(text.split("[,\\s]+"))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .filter(entry -> !entry.isEmpty())
                .toList());
    }

    /** @param port never absent */
    boolean matches(String host, int port) {
        AddressRange address = AddressRange.parse(host);
        if (host.equals("localhost")
                || host.endsWith(".localhost")
                || (address != null && address.address().isLoopbackAddress())) {
            return true;
        }
        return entries.stream()
                .anyMatch(entry -> entry.equals("*")
                        || (address == null ? matchesName(entry, host, port) : matchesAddress(entry, address, port)));
    }

    private static boolean matchesAddress(String entry, AddressRange address, int port) {
        AddressRange range = AddressRange.parse(entry);
        if (range == null) {
            HostAndPort withPort = HostAndPort.parse(entry);
            range = withPort == null || withPort.portOr(port) != port ? null : AddressRange.parse(withPort.host());
        }
        return range != null && range.contains(address.address());
    }

    private static boolean matchesName(String entry, String host, int port) {
        HostAndPort named = HostAndPort.parse(entry.startsWith("*.") ? entry.substring(1) : entry);
        if (named == null || named.host().isEmpty() || named.portOr(port) != port) {
            return false;
        }
        String name = named.host();
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }
}
