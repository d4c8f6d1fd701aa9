package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.config.YamlNode.Scalar;
import io.usageexporter.event.TextRule;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses the values of a configuration. Each method returns null for a value that is not allowed. */
final class ConfigValues {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9_]{0,30}(\\.[0-9]{1,20})?([eE]\\+?[0-9]{1,2})?");
    private static final Pattern DURATION = Pattern.compile("[0-9]{1,6}[smhd]");
    private static final Pattern UPSTREAM = Pattern.compile("https?://[^/?#@\\s]+(/[^?#\\s]*)?");
    private static final int MAX_PORT = 65_535;

    private ConfigValues() {}

    /** Text of 1 to 100 characters. */
    static @Nullable String label(YamlNode node) {
        String text = text(node);
        return text != null && !text.isEmpty() && TextRule.LABEL.isValid(text) ? text : null;
    }

    /** The text of a scalar, in quotes or not. */
    static @Nullable String text(YamlNode node) {
        return node instanceof Scalar scalar && scalar.token() != JsonToken.VALUE_NULL ? scalar.text() : null;
    }

    /** A number without quotes; may have underscores between its digits. */
    static @Nullable BigDecimal number(YamlNode node) {
        return node instanceof Scalar scalar
                        && scalar.token().isNumeric()
                        && NUMBER.matcher(scalar.text()).matches()
                ? new BigDecimal(scalar.text().replace("_", ""))
                : null;
    }

    /** A date such as 2026-11-24. */
    static @Nullable LocalDate date(YamlNode node) {
        try {
            return node instanceof Scalar scalar ? LocalDate.parse(scalar.text()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** True or false. */
    static @Nullable Boolean flag(YamlNode node) {
        return (node instanceof Scalar scalar && scalar.token().isBoolean()) ? Boolean.valueOf(scalar.text()) : null;
    }

    /** A duration such as 30s, 5m, 1h or 1d. */
    static @Nullable Duration duration(YamlNode node) {
        if (!(node instanceof Scalar scalar) || !DURATION.matcher(scalar.text()).matches()) {
            return null;
        }
        String text = scalar.text().toUpperCase(Locale.ROOT);
        return Duration.parse(text.endsWith("D") ? "P" + text : "PT" + text);
    }

    /** The base URL of an API, without query and trailing slashes. */
    static @Nullable URI upstream(YamlNode node) {
        if (!(node instanceof Scalar scalar) || !UPSTREAM.matcher(scalar.text()).matches()) {
            return null;
        }
        try {
            URI uri = new URI(scalar.text().replaceFirst("/+$", ""));
            return uri.getHost() != null && uri.getPort() <= MAX_PORT ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** A time zone, by name or offset. */
    static @Nullable ZoneId zone(YamlNode node) {
        try {
            return node instanceof Scalar scalar ? ZoneId.of(scalar.text()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
