package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.SettableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Figures that may be incomplete are unknown in JSON, text, metrics and page, until they are complete again. */
class UnknownEverywhereTest {
    private static final String LIMITS = "{limits: {daily: {calls: 10}}}";
    private static final String CONFIG = "providers: {used: " + LIMITS + ", idle: " + LIMITS + "}";

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension(CONFIG);

    private final SettableClock clock = exporter.clock();

    @AfterEach
    void moveLedgerBack() throws Exception {
        if (Files.exists(elsewhere())) {
            Files.move(elsewhere(), exporter.ledger());
        }
    }

    private Path elsewhere() {
        return exporter.folder().resolve("elsewhere.db");
    }

    private void record(String provider, int calls) {
        exporter.record("{\"provider\":\"" + provider + "\",\"usage\":{\"calls\":" + calls + "}}");
    }

    /** @param reasons by provider; the others are known */
    private void assertUnknown(Map<String, String> reasons) {
        assertThat(exporter.usage().get("unknown").properties())
                .extracting(each -> Map.entry(each.getKey(), each.getValue().asText()))
                .containsExactlyInAnyOrderElementsOf(reasons.entrySet());
        String page = exporter.http().get("/usage", "Accept", "text/html").body();
        for (String provider : new String[] {"used", "idle"}) {
            boolean known = !reasons.containsKey(provider);
            assertThat(exporter.metric("usage_exporter_provider_known{provider=\"" + provider + "\"}"))
                    .as(provider)
                    .isEqualByComparingTo(known ? "1" : "0");
            String block = exporter.text().substring(exporter.text().indexOf("📊 " + provider + " - Today"));
            block = block.substring(0, block.indexOf("\n\n"));
            assertThat(block).contains(known ? "%) 🟢" : "%) ⚪").doesNotContain(known ? "⚪" : "🟢");
            assertThat(block.contains("\nUnknown: " + reasons.get(provider) + "."))
                    .isEqualTo(!known);
            assertThat(page)
                    .contains("id=\"provider-" + provider + "-daily-calls\" data-status=\""
                            + (known ? "good" : "unknown") + "\"");
        }
    }

    @Test
    void providerIsUnknownUntilItsFirstEvent() {
        assertUnknown(Map.of("used", "no event yet", "idle", "no event yet"));
        record("used", 1);
        assertUnknown(Map.of("idle", "no event yet"));
        record("idle", 0);
        assertUnknown(Map.of());
    }

    @Test
    void providerIsUnknownAfterADayWithoutEvents() {
        record("used", 1);
        record("idle", 1);
        clock.advance(Duration.ofHours(24));
        assertUnknown(Map.of());
        clock.advance(Duration.ofMillis(1));
        assertUnknown(Map.of("used", "no event for a day", "idle", "no event for a day"));
        record("used", 1);
        assertUnknown(Map.of("idle", "no event for a day"));
    }

    @Test
    void movedLedgerMakesEverythingUnknown() throws Exception {
        record("used", 1);
        Files.move(exporter.ledger(), elsewhere());

        assertUnknown(Map.of("used", "ledger not writable", "idle", "no event yet, ledger not writable"));
        assertThat(exporter.metric("usage_exporter_ledger_writable")).isZero();
    }

    @Test
    void failedReloadMakesEverythingUnknownUntilTheNextSucceeds() throws Exception {
        record("used", 1);
        record("idle", 1);
        Files.writeString(exporter.config(), "providers: nonsense");
        exporter.http().send("POST", "/-/reload");
        assertUnknown(Map.of("used", "configuration reload failed", "idle", "configuration reload failed"));

        Files.writeString(exporter.config(), CONFIG);
        exporter.http().send("POST", "/-/reload");
        assertUnknown(Map.of());
    }

    @Test
    void warningAndCriticalStayWhenEventsMayBeMissing() throws Exception {
        record("used", 5);
        record("idle", 9);
        clock.advance(Duration.ofHours(14));
        Files.move(exporter.ledger(), elsewhere());

        assertThat(exporter.usage().at("/status/used/daily/calls").asText()).isEqualTo("warning");
        assertThat(exporter.text())
                .contains("Calls: 5 / 10 (50%) 🟡\nRemaining: 5 calls\nUnknown: ledger not writable.\n")
                .contains("Calls: 9 / 10 (90%) 🔴\n")
                .doesNotContain("⚪", "🟢");
    }

    @Test
    void pastWindowIsKnownWhenEventsFollowedIt() {
        record("used", 1);
        clock.advance(Duration.ofDays(3));
        record("used", 1);

        assertThat(unknownAt("2026-11-27T09:15:00Z")).isEmpty();
        assertThat(unknownAt("2026-11-25T12:00:00Z")).as("events came later").isEmpty();
        assertThat(unknownAt("2026-11-24T23:00:00Z")).isEmpty();
        assertThat(unknownAt("2026-11-23T12:00:00Z")).as("before the first").isEqualTo("no event yet");
        assertThat(unknownAt("2026-12-24T12:00:00Z")).as("in the future").isEmpty();
        clock.advance(Duration.ofDays(3));
        assertThat(unknownAt("2026-11-29T12:00:00Z")).isEqualTo("no event for a day");
        assertThat(unknownAt("2026-11-25T12:00:00Z")).isEmpty();
    }

    private String unknownAt(String instant) {
        return exporter.usageAt(instant).at("/unknown/used").asText();
    }

    @Test
    void lastEventSurvivesARestart() throws Exception {
        record("used", 1);
        record("idle", 1);
        exporter.restart();
        assertUnknown(Map.of());
    }
}
