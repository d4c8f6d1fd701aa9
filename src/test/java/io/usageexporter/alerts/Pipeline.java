package io.usageexporter.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prometheus, Alertmanager and a receiver behind exporters, with the shipped files. */
final class Pipeline implements AutoCloseable {
    private final Receiver receiver;
    private final Daemon alertmanager;
    private final Daemon prometheus;

    /** @param exporters their ports */
    Pipeline(Path folder, Integer... exporters) throws IOException {
        receiver = new Receiver();
        alertmanager = Daemon.alertmanager(folder, MonitoringPack.alertmanager(folder, receiver.port()));
        Path config = MonitoringPack.prometheus(
                folder, List.of(exporters), alertmanager.http().port());
        // Prometheus discovers Alertmanager seconds after its first evaluation; this resends the heartbeat soon after.
        prometheus = Daemon.prometheus(folder, config, "--rules.alert.resend-delay=2s");
    }

    Receiver receiver() {
        return receiver;
    }

    /** The state of each firing alert in Alertmanager, by name: {@code active} or {@code suppressed}. */
    Map<String, String> states() {
        var states = new TreeMap<String, String>();
        for (JsonNode alert : alerts()) {
            states.put(
                    alert.at("/labels/alertname").asText(),
                    alert.at("/status/state").asText());
        }
        return states;
    }

    /** The firing alerts with a name as ledger, or else instance, and state in Alertmanager, in order. */
    List<String> states(String name) {
        return alerts().valueStream()
                .filter(alert -> alert.at("/labels/alertname").asText().equals(name))
                .map(alert -> alert.at("/labels/ledger")
                                .asText(alert.at("/labels/instance").asText()) + " "
                        + alert.at("/status/state").asText())
                .sorted()
                .toList();
    }

    private JsonNode alerts() {
        return TestExporter.json(alertmanager.http().get("/api/v2/alerts").body());
    }

    @Override
    public void close() {
        prometheus.close();
        alertmanager.close();
        receiver.close();
    }
}
