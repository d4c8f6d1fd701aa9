package io.usageexporter.cli;

import io.usageexporter.config.ConnectionLimits;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Limits of the connections of clients. */
final class ConnectionOptions {
    @Option(
            names = "--web.max-connections",
            paramLabel = "COUNT",
            defaultValue = "4096",
            converter = CountConverter.class,
            description = "Connections of clients at once; further ones get a 503. Default: ${DEFAULT-VALUE}.")
    int max = ConnectionLimits.DEFAULT.max();

    @Option(
            names = "--web.max-connections-per-address",
            paramLabel = "COUNT",
            defaultValue = "1024",
            converter = CountConverter.class,
            description = "The same for each address of clients, except trusted proxies. Default: ${DEFAULT-VALUE}.")
    int maxPerAddress = ConnectionLimits.DEFAULT.maxPerAddress();

    @Option(
            names = "--web.idle-timeout",
            paramLabel = "TIME",
            defaultValue = "75s",
            converter = PositiveDurationConverter.class,
            description = "How long a connection may be silent between two requests, or within one. It should be longer"
                    + " than that of a proxy in front. Default: ${DEFAULT-VALUE}.")
    Duration idle = ConnectionLimits.DEFAULT.idle();

    @Option(
            names = "--web.head-timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = PositiveDurationConverter.class,
            description = "How long the headers of a request may take to arrive. Default: ${DEFAULT-VALUE}.")
    Duration head = ConnectionLimits.DEFAULT.head();

    ConnectionLimits limits() {
        return new ConnectionLimits(max, maxPerAddress, idle, head);
    }

    /** Reads a number of connections. */
    static final class CountConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (text.matches("[1-9]\\d{0,6}")) {
                return Integer.valueOf(text);
            }
            throw new TypeConversionException("'" + text + "' is not a whole number from 1 to 9999999");
        }
    }

    /** Reads a duration that is not 0, which would mean none at all. */
    static final class PositiveDurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration duration = new DurationConverter().convert(text);
            if (duration.isZero()) {
                throw new TypeConversionException("'" + text + "' is not a duration above 0s, such as 500ms, 8s or 2m");
            }
            return duration;
        }
    }
}
