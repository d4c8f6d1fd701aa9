package io.usageexporter.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Prometheus, Alertmanager and a receiver behind an exporter, with the shipped files. */
final class Pipeline implements AutoCloseable {
    private final Receiver receiver;
    private final Daemon alertmanager;
    private final Daemon prometheus;

    /** @param exporter the port of the exporter */
    Pipeline(Path folder, int exporter) throws IOException {
        receiver = new Receiver();
        alertmanager = Daemon.alertmanager(folder, MonitoringPack.alertmanager(folder, receiver.port()));
        Path config =
                MonitoringPack.prometheus(folder, exporter, alertmanager.http().port());
        // Prometheus discovers Alertmanager seconds after its first evaluation; this resends the heartbeat soon after.
        prometheus = Daemon.prometheus(folder, config, "--rules.alert.resend-delay=2s");
    }

    Receiver receiver() {
        return receiver;
    }

    /** The state of each firing alert in Alertmanager, by name: {@code active} or {@code suppressed}. */
    Map<String, String> states() {
        var states = new TreeMap<String, String>();
        JsonNode alerts =
                TestExporter.json(alertmanager.http().get("/api/v2/alerts").body());
        for (JsonNode alert : alerts) {
            states.put(
                    alert.at("/labels/alertname").asText(),
                    alert.at("/status/state").asText());
        }
        return states;
    }

    @Override
    public void close() {
        prometheus.close();
        alertmanager.close();
        receiver.close();
    }
}
