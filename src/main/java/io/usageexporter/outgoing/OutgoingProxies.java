package io.usageexporter.outgoing;

import io.usageexporter.forwarded.HostAndPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Says which proxy leads to a URL: by the JVM's properties ({@code https.proxyHost}, {@code http.nonProxyHosts} and so on)
 * where one names a proxy for the scheme, or else by the variables {@code HTTPS_PROXY}, {@code HTTP_PROXY} and
 * {@code NO_PROXY}, in capitals or not. Thread-safe.
 */
public final class OutgoingProxies {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final Map<String, String> variables;
    private final UnaryOperator<@Nullable String> property;
    private final ProxySelector ofJvm;

    private static final class OfProcess {
        /** Read once by the JDK's client, which otherwise gives no password to a proxy for HTTPS. */
        private static final String DISABLED_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

        static final OutgoingProxies INSTANCE = new OutgoingProxies(
                System.getenv(), System::getProperty, Objects.requireNonNull(ProxySelector.getDefault()));

        static {
            if (System.getProperty(DISABLED_SCHEMES) == null) {
                System.setProperty(DISABLED_SCHEMES, "");
            }
        }
    }

    /**
     * With these settings.
     *
     * @param property a property of the JVM
     * @param ofJvm what all properties of the JVM together mean
     */
    OutgoingProxies(Map<String, String> variables, UnaryOperator<@Nullable String> property, ProxySelector ofJvm) {
        this.variables = Map.copyOf(variables);
        this.property = property;
        this.ofJvm = ofJvm;
    }

    /** By the settings of this process. */
    public static OutgoingProxies ofProcess() {
        return OfProcess.INSTANCE;
    }

    /**
     * The proxy that leads to a URL; null if it is reached without one.
     *
     * @param uri with {@code http} or {@code https}
     * @throws OutgoingProxyException if there is one that cannot be used
     */
    public @Nullable OutgoingProxy to(URI uri) throws OutgoingProxyException {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (isSet(scheme + ".proxyHost") || "true".equals(property.apply("java.net.useSystemProxies"))) {
            return toByJvm(uri);
        }
        String variable = scheme.toUpperCase(Locale.ROOT) + "_PROXY";
        String url = variable(variable);
        HostAndPort target = HostAndPort.parse(uri.getRawAuthority());
        if (url == null || target == null) {
            return null;
        }
        String none = variable("NO_PROXY");
        int port = target.portOr(scheme.equals("https") ? HTTPS_PORT : HTTP_PORT);
        return NoProxy.parse(none == null ? "" : none).matches(target.host(), port)
                ? null
                : OutgoingProxy.parse(variable, url);
    }

    private boolean isSet(String name) {
        String value = property.apply(name);
        return value != null && !value.isBlank();
    }

    private @Nullable String variable(String name) {
        for (String each : List.of(name, name.toLowerCase(Locale.ROOT))) {
            String value = variables.get(each);
            if (value != null && !value.isBlank()) {
                return value.strip();
            }
        }
        return null;
    }

    private @Nullable OutgoingProxy toByJvm(URI uri) {
        for (Proxy proxy : ofJvm.select(uri)) {
            if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address) {
                return new OutgoingProxy(address.getHostString(), address.getPort(), null);
            }
        }
        return null;
    }

    /** The same for the JDK's client. */
    public static ProxySelector always(@Nullable OutgoingProxy proxy) {
        List<Proxy> proxies = List.of(
                proxy == null
                        ? Proxy.NO_PROXY
                        : new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return proxies;
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException e) {
                // The request fails, too.
            }
        };
    }
}
