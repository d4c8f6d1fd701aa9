package io.usageexporter.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link UsageClient}. Each throws an {@link IllegalArgumentException} that says what is allowed. */
public final class UsageClientBuilder {
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final int MAX_BATCH_SIZE = 10_000;
    private static final int MAX_PORT = 65_535;

    URI url = URI.create("http://127.0.0.1:5000");
    ExporterAccess access = ExporterAccess.NONE;
    Duration timeout = Duration.ofSeconds(5);
    int maxQueue = 10_000;
    int batchSize = 500;
    Duration initialDelay = Duration.ofMillis(500);
    Duration maxDelay = Duration.ofSeconds(30);
    InstantSource clock = InstantSource.system();

    UsageClientBuilder() {}

    /**
     * The URL of the exporter, such as {@code https://user:password@metrics.example/usage-exporter}; user and password are
     * sent as basic authentication. Default: {@code http://127.0.0.1:5000}.
     */
    public UsageClientBuilder url(@Nullable String url) {
        this.url = valid(url);
        return this;
    }

    /** An API token of the exporter, which needs the scope {@code record}, and {@code read} for the summary. */
    public UsageClientBuilder token(@Nullable String token) {
        return access(new ExporterAccess(token, access.authorities()));
    }

    /** A file with nothing but an API token, which is read now. */
    public UsageClientBuilder tokenFile(Path file) {
        return token(ExporterAccess.readToken(file));
    }

    /** The certificates, in a PEM file, of the authorities that are trusted in place of those that Java trusts. */
    public UsageClientBuilder caFile(Path file) {
        return access(new ExporterAccess(access.token(), ExporterAccess.readAuthorities(file)));
    }

    /** Token and authorities together. */
    public UsageClientBuilder access(ExporterAccess access) {
        this.access = access;
        return this;
    }

    /** The timeout of connecting, of a complete request, and of {@link UsageClient#close()}. Default: 5 seconds. */
    public UsageClientBuilder timeout(@Nullable Duration timeout) {
        if (timeout == null || timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout must be from a millisecond to an hour, not " + timeout);
        }
        this.timeout = timeout;
        return this;
    }

    /** How many events may wait to be delivered; further ones are dropped. Default: 10,000. */
    public UsageClientBuilder maxQueue(int events) {
        if (events < 1) {
            throw new IllegalArgumentException("maxQueue must be at least 1, not " + events);
        }
        this.maxQueue = events;
        return this;
    }

    /** The maximum number of events per request. Default: 500. */
    public UsageClientBuilder batchSize(int events) {
        if (events < 1 || events > MAX_BATCH_SIZE) {
            throw new IllegalArgumentException("batchSize must be from 1 to " + MAX_BATCH_SIZE + ", not " + events);
        }
        this.batchSize = events;
        return this;
    }

    /** The delays between retries. */
    UsageClientBuilder retryDelays(Duration initial, Duration max) {
        this.initialDelay = initial;
        this.maxDelay = max;
        return this;
    }

    UsageClientBuilder clock(InstantSource clock) {
        this.clock = clock;
        return this;
    }

    /** Starts a client, which connects when it has something to send. */
    public UsageClient build() {
        return UsageClient.start(this);
    }

    /** The messages do not repeat the URL, which may hold a password. */
    private static URI valid(@Nullable String url) {
        URI uri;
        try {
            uri = new URI(url == null ? "" : url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("url is not valid, at character " + e.getIndex());
        }
        if (uri.getScheme() == null
                || !uri.getScheme().matches("(?i)https?")
                || uri.getHost() == null
                || uri.getPort() > MAX_PORT
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "url must be like http://127.0.0.1:5000 or https://user:password@host/prefix, without a query");
        }
        return uri;
    }
}
