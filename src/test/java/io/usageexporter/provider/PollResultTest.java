package io.usageexporter.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.quota.AccountPlan;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PollResultTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-11-25T00:00:00Z");
    private static final ProviderReportedUsage TODAY =
            new ProviderReportedUsage("apify", "usd", Window.DAILY, new BigDecimal("0.10"), null);
    private static final ProviderReportedUsage LIMIT =
            new ProviderReportedUsage("apify", "compute_units", Window.MONTHLY, null, new BigDecimal("1E+3"));
    private static final PollResult RESULT = new PollResult(
            List.of(new PollResult.Figure(TODAY, MIDNIGHT), new PollResult.Figure(LIMIT, Instant.MAX)),
            List.of(new ProviderReportedDay(
                    LocalDate.parse("2026-11-24"), "m", new TreeMap<>(Map.of("tokens", new BigDecimal("5"))))),
            new AccountPlan(Map.of("usd", new BigDecimal("300")), 31));

    @Test
    void figuresExpireWithTheirWindow() {
        assertThat(RESULT.reported(MIDNIGHT.minusMillis(1))).containsExactly(TODAY, LIMIT);
        assertThat(RESULT.reported(MIDNIGHT)).containsExactly(LIMIT);
    }

    @Test
    void textKeepsEverything() {
        var empty = new PollResult(List.of(), null, null);
        for (PollResult result : List.of(RESULT, empty, new PollResult(List.of(), List.of(), null))) {
            String text = PollResultJson.write(result);
            assertThat(PollResultJson.read("apify", text)).isEqualTo(result);
            assertThat(PollResultJson.write(PollResultJson.read("apify", text))).isEqualTo(text);
        }
        assertThat(empty.isEmpty()).isTrue();
        assertThat(RESULT.isEmpty()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "{}",
                "{\"figures\":[{\"resource\":\"usd\"}]}",
                "{\"figures\":[{\"resource\":\"usd\",\"window\":\"yearly\",\"until\":\"2026-11-25T00:00:00Z\"}]}",
                "{\"figures\":[{\"resource\":\"usd\",\"window\":\"daily\",\"until\":\"later\"}]}",
                "{\"figures\":[],\"plan\":{\"limits\":{\"usd\":\"much\"},\"reset_day\":1}}"
            })
    void textOfAnotherVersionIsRefused(String text) {
        assertThatThrownBy(() -> PollResultJson.read("apify", text)).isInstanceOf(IllegalArgumentException.class);
    }
}
