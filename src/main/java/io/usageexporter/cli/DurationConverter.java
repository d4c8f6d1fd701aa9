package io.usageexporter.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a duration in Prometheus notation, up to an hour: {@code 500ms}, {@code 8s}, {@code 2m}. */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,7})(ms|s|m|h)");
    private static final Duration MAX = Duration.ofHours(1);

    @Override
    public Duration convert(String text) {
        Matcher duration = DURATION.matcher(text);
        if (duration.matches()) {
            long count = Long.parseLong(duration.group(1));
            Duration read = switch (duration.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofHours(count);
            };
            if (read.compareTo(MAX) <= 0) {
                return read;
            }
        }
        throw new TypeConversionException("'" + text + "' is not a duration from 0s to 1h, such as 500ms, 8s or 2m");
    }
}
