package io.usageexporter.cli;

import io.usageexporter.client.ExporterAccess;
import io.usageexporter.client.ExporterClient;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses {@code --url}: {@code http://host:5000}, {@code host:5000} or {@code :5000}, with an optional path. */
final class ExporterUrl implements ITypeConverter<URI> {
    static final String DEFAULT = "http://127.0.0.1:5000";

    private static final int MAX_PORT = 65_535;

    /** Explains that there was no response, and what to do. */
    static String noResponse(URI url, IOException e) {
        return new ExporterClient(url, ExporterAccess.NONE) + " does not respond: " + ExporterClient.explain(e);
    }

    @Override
    public URI convert(String text) {
        String whole = text.strip();
        if (whole.matches(":\\d.*")) {
            whole = "127.0.0.1" + whole;
        }
        if (!whole.contains("://")) {
            whole = "http://" + whole;
        }
        try {
            URI url = new URI(whole.replaceFirst("/+$", ""));
            if (url.getScheme().matches("(?i)https?")
                    && url.getHost() != null
                    && url.getPort() <= MAX_PORT
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Reported below; this exception would repeat the URL, which may contain a password.
        }
        throw new TypeConversionException(
                "must be the URL of an exporter, such as localhost:5000 or https://user:password@host/prefix");
    }
}
