package io.usageexporter.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.Application;
import io.usageexporter.client.UsageClient;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.demo.Demo;
import io.usageexporter.ledger.LedgerException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A real exporter in this process, with the real server on a free port, a real ledger, and a settable clock. */
public final class TestExporter implements AutoCloseable {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final Pattern SAMPLE = Pattern.compile("^([a-z_]+(?:\\{.*})?) (\\S+)$", Pattern.MULTILINE);

    private final Application application;
    private final Http http;

    public TestExporter(Path ledger, @Nullable Path config, SettableClock clock)
            throws InvalidConfigException, LedgerException {
        application = Application.start(
                new Application.Settings(
                        config,
                        ledger,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        true,
                        Application.Settings.DEFAULT_DRAIN_TIMEOUT),
                clock);
        http = new Http(application.port());
    }

    public Http http() {
        return http;
    }

    public Application application() {
        return application;
    }

    public HttpResponse<String> record(String json) {
        return http.record(json);
    }

    /** The response of {@code GET /api/usage}. */
    public JsonNode usage() {
        return json(http.get("/api/usage").body());
    }

    /** Plays the demo's 34 days before an instant into it, always the same. */
    public void playDemo(String now) throws Demo.DeliveryException {
        try (UsageClient client =
                UsageClient.builder().url("http://127.0.0.1:" + http.port()).build()) {
            new Demo(client, Instant.parse(now), 1).backdate(34);
        }
    }

    public JsonNode usageAt(String instant) {
        return json(http.get("/api/usage?at=" + instant).body());
    }

    public String text() {
        return http.get("/usage").body();
    }

    /** Every sample of a scrape, by name and labels as they are written. */
    public Map<String, BigDecimal> metrics() {
        return samples(http.get("/metrics").body());
    }

    /** One sample of a scrape, which must be there. */
    public BigDecimal metric(String series) {
        BigDecimal value = metrics().get(series);
        if (value == null) {
            throw new AssertionError("no " + series + " in " + metrics().keySet());
        }
        return value;
    }

    public static Map<String, BigDecimal> samples(String scrape) {
        var samples = new TreeMap<String, BigDecimal>();
        Matcher matcher = SAMPLE.matcher(scrape);
        while (matcher.find()) {
            if (!matcher.group(2).equals("NaN") && !matcher.group(2).endsWith("Inf")) {
                samples.put(matcher.group(1), new BigDecimal(matcher.group(2)));
            }
        }
        return samples;
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    @Override
    public void close() throws LedgerException {
        application.close();
    }
}
