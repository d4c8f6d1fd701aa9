package io.usageexporter.access;

import io.usageexporter.config.ConfigDocument;
import io.usageexporter.config.ConfigSection;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.config.InvalidValueException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a file in the format of the Prometheus exporter toolkit. */
final class WebConfigReader {
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(0[4-9]|[12]\\d|3[01])\\$[./A-Za-z0-9]{53}");

    /** The headers that may be set, and their allowed values; none are all. */
    private static final Map<String, List<String>> HEADERS = Map.of(
            "Content-Security-Policy", List.of(),
            "Strict-Transport-Security", List.of(),
            "X-Content-Type-Options", List.of("nosniff"),
            "X-Frame-Options", List.of("deny", "sameorigin"),
            "X-XSS-Protection", List.of());

    private static final Pattern DURATION_PART = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ns|us|µs|ms|s|m|h)");
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private WebConfigReader() {}

    /**
     * Reads the file, and the certificates that it names.
     *
     * @param files receives all of these files, also if one of them is faulty
     * @param warnings receives what is valid but probably not meant, with file, line and key
     */
    static WebConfig read(Path file, Collection<Path> files, Consumer<String> warnings) throws InvalidConfigException {
        files.add(file);
        return ConfigDocument.load(file, warnings, (keys, folder) -> read(keys, folder, files));
    }

    private static WebConfig read(ConfigSection keys, Path folder, Collection<Path> files) {
        ServerTls tls = new TlsReader(keys.sub("tls_server_config"), folder, files).read();
        ConfigSection server = keys.sub("http_server_config");
        server.flag("http2", true); // of no effect: the exporter speaks HTTP/1.1
        Map<String, String> headers = headers(server.sub("headers"));
        server.rejectUnknownKeys();
        Map<String, String> users = users(keys.sub("basic_auth_users"));
        RateLimiter rateLimiter = rateLimiter(keys.sub("rate_limit"));
        keys.rejectUnknownKeys();
        return new WebConfig(tls, users, headers, rateLimiter);
    }

    /** Null without a limit. Not a limit that lets nothing through, which the toolkit takes a missing burst for. */
    private static @Nullable RateLimiter rateLimiter(ConfigSection given) {
        Duration interval =
                Objects.requireNonNullElse(given.parse("interval", WebConfigReader::interval), Duration.ZERO);
        boolean limits = !interval.isZero();
        if (limits && !given.names().contains("burst")) {
            given.fault("burst is required: how many requests may arrive at once");
        }
        int burst = given.wholeNumber("burst", 0, limits ? 1 : 0, RateLimiter.MAX_BURST);
        given.rejectUnknownKeys();
        return limits && burst > 0 ? new RateLimiter(interval, burst, System::nanoTime) : null;
    }

    /** As Go writes durations. */
    private static Duration interval(String text) throws InvalidValueException {
        Duration sum = Duration.ZERO;
        Matcher parts = DURATION_PART.matcher(text);
        int end = 0;
        while (parts.lookingAt()) {
            sum = sum.plusNanos(new BigDecimal(parts.group(1))
                    .multiply(BigDecimal.valueOf(NANOS.getOrDefault(parts.group(2), 0L)))
                    .longValue());
            end = parts.end();
            parts.region(end, text.length());
        }
        boolean isDuration = (end > 0 && end == text.length()) || text.equals("0");
        if (!isDuration || sum.compareTo(RateLimiter.MAX_INTERVAL) > 0) {
            throw new InvalidValueException("must be 0, or a duration of up to 1h, such as 100ms or 1m30s");
        }
        return sum;
    }

    private static Map<String, String> headers(ConfigSection given) {
        var headers = new TreeMap<String, String>();
        HEADERS.keySet().stream().sorted().forEach(name -> {
            String value = given.parse(name, text -> header(text, HEADERS.getOrDefault(name, List.of())));
            if (value != null) {
                headers.put(name, value);
            }
        });
        given.rejectUnknownKeys();
        return Collections.unmodifiableMap(headers);
    }

    private static String header(String text, List<String> allowed) throws InvalidValueException {
        if (!allowed.isEmpty() && !text.isEmpty() && !allowed.contains(text)) {
            throw new InvalidValueException("must be " + String.join(" or ", allowed));
        }
        if (!text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new InvalidValueException("must be one line of printable ASCII");
        }
        return text;
    }

    private static Map<String, String> users(ConfigSection given) {
        var users = new TreeMap<String, String>();
        for (String name : given.names()) {
            if (name.isEmpty() || name.contains(":")) {
                given.faultAt(name, "a user's name must not be empty, nor contain a colon");
            }
            String hash = given.parse(name, WebConfigReader::bcrypt);
            if (hash != null) {
                users.put(name, hash);
            }
        }
        return Collections.unmodifiableMap(users);
    }

    private static String bcrypt(String text) throws InvalidValueException {
        if (!BCRYPT.matcher(text).matches()) {
            throw new InvalidValueException(
                    "must be a bcrypt hash of the password, as htpasswd -nBC 10 NAME prints it after the colon");
        }
        return text;
    }
}
