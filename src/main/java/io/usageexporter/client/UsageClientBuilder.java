package io.usageexporter.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link UsageClient}. Each throws {@link IllegalArgumentException} that says what is allowed. */
public final class UsageClientBuilder {
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
    private static final int LARGEST_BATCH = 10_000;
    private static final int LARGEST_PORT = 65_535;

    URI url = URI.create("http://127.0.0.1:5000");
    Duration timeout = Duration.ofSeconds(5);
    int maxQueue = 10_000;
    int batchSize = 500;
    Duration shortestRest = Duration.ofMillis(500);
    Duration longestRest = Duration.ofSeconds(30);
    InstantSource clock = InstantSource.system();

    UsageClientBuilder() {}

    /**
     * Where the exporter is, such as {@code https://user:password@metrics.example/usage-exporter}; user and password are
     * sent as basic authentication. Default: {@code http://127.0.0.1:5000}.
     */
    public UsageClientBuilder url(@Nullable String url) {
        this.url = valid(url);
        return this;
    }

    /** For a connection, for a whole request, and for {@link UsageClient#close()}. Default: 5 seconds. */
    public UsageClientBuilder timeout(@Nullable Duration timeout) {
        if (timeout == null || timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout must be from a millisecond to an hour, not " + timeout);
        }
        this.timeout = timeout;
        return this;
    }

    /** How many uses may wait to be delivered; further ones are dropped. Default: 10,000. */
    public UsageClientBuilder maxQueue(int uses) {
        if (uses < 1) {
            throw new IllegalArgumentException("maxQueue must be at least 1, not " + uses);
        }
        this.maxQueue = uses;
        return this;
    }

    /** How many uses may be sent at once. Default: 500. */
    public UsageClientBuilder batchSize(int uses) {
        if (uses < 1 || uses > LARGEST_BATCH) {
            throw new IllegalArgumentException("batchSize must be from 1 to " + LARGEST_BATCH + ", not " + uses);
        }
        this.batchSize = uses;
        return this;
    }

    /** The rests between tries. */
    UsageClientBuilder rests(Duration shortest, Duration longest) {
        this.shortestRest = shortest;
        this.longestRest = longest;
        return this;
    }

    UsageClientBuilder clock(InstantSource clock) {
        this.clock = clock;
        return this;
    }

    /** Starts a client; it connects when it has something to send. */
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
                || uri.getPort() > LARGEST_PORT
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "url must be such as http://127.0.0.1:5000 or https://user:password@host/prefix, without a query");
        }
        return uri;
    }
}
