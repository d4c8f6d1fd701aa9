package io.usageexporter.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.Application;
import io.usageexporter.config.ConnectionLimits;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A real exporter in this process, with the real server on a free port, a real ledger, and a settable clock. */
public final class TestExporter implements RunningExporter, AutoCloseable {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final Pattern SAMPLE = Pattern.compile("^([a-z_]+(?:\\{.*})?) (\\S+)$", Pattern.MULTILINE);

    private final Application application;
    private final Http http;

    public TestExporter(Path ledger, @Nullable Path config, SettableClock clock)
            throws InvalidConfigException, LedgerException {
        this(ledger, config, null, clock);
    }

    /** The same with a web configuration. */
    public TestExporter(Path ledger, @Nullable Path config, @Nullable Path webConfig, SettableClock clock)
            throws InvalidConfigException, LedgerException {
        this(TestLedger.at(ledger), config, webConfig, clock);
    }

    /** The same on a given ledger, which others may share. */
    public TestExporter(LedgerAddress ledger, @Nullable Path config, @Nullable Path webConfig, SettableClock clock)
            throws InvalidConfigException, LedgerException {
        application = Application.start(
                new Application.Settings(
                        config,
                        ledger,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ConnectionLimits.DEFAULT,
                        webConfig,
                        true,
                        Application.Settings.DEFAULT_DRAIN_TIMEOUT),
                clock);
        http = new Http(application.port());
    }

    @Override
    public Http http() {
        return http;
    }

    public Application application() {
        return application;
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
