package io.usageexporter.polling;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the delay that a provider asks for: whole seconds or an HTTP date in the header {@code retry-after}. */
final class RetryAfter {
    private static final int MAX_DIGITS = 9;

    private RetryAfter() {}

    /** What the headers ask for, 0 or more; null when they ask for nothing that can be read. */
    static @Nullable Duration of(HttpHeaders headers, InstantSource clock) {
        Optional<String> given = headers.firstValue("retry-after").map(String::strip);
        return given.isEmpty() ? null : read(given.get(), clock);
    }

    private static @Nullable Duration read(String text, InstantSource clock) {
        if (text.matches("[0-9]{1," + MAX_DIGITS + "}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration left = Duration.between(clock.instant(), until);
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException e) {
            return null; // as if it were not there
        }
    }
}
