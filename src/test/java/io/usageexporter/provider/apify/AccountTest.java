package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.testing.Samples;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountTest {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static JsonNode json(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }

    @Test
    void readsLimitUsageAndCycle() throws Exception {
        Account account = Account.read(json(Samples.text("apify/users-me-limits.json")));

        assertThat(account.limits())
                .isEqualTo(Map.of("compute_units", new BigDecimal("1000"), "usd", new BigDecimal("300")));
        assertThat(account.used())
                .isEqualTo(Map.of("compute_units", new BigDecimal("212.784475"), "usd", new BigDecimal("43.18")));
        assertThat(account.cycleStart()).isEqualTo("2026-11-02T00:00:00Z");
        assertThat(account.cycleEnd()).isEqualTo("2026-12-02T00:00:00Z");
        assertThat(account.cycleDay()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "{\"data\": {\"monthlyUsageCycle\": null, \"limits\": [], \"current\": {\"monthlyActorComputeUnits\": null}}}",
                "{\"data\": {\"limits\": {\"maxMonthlyActorComputeUnits\": -1}, \"monthlyUsageCycle\": {\"startAt\": 5}}}"
            })
    void missingValuesAreUnknown(String body) throws Exception {
        Account account = Account.read(json(body));

        assertThat(account).isEqualTo(new Account(null, null, Map.of(), Map.of()));
        assertThat(account.cycleDay()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-02, 2026-12-02, 2",
        "2027-01-31, 2027-02-28, 31",
        "2027-02-28, 2027-03-31, 31",
        "2027-04-30, 2027-05-31, 31",
        "2027-04-30, 2027-05-30, 30",
        "2027-02-28, 2027-03-28, 28",
        "2027-01-30, 2027-02-28, 30"
    })
    void findsTheCycleDayInShortMonths(String start, String next, int day) {
        var account = new Account(
                Instant.parse(start + "T00:00:00Z"), Instant.parse(next + "T00:00:00Z"), Map.of(), Map.of());

        assertThat(account.cycleDay()).isEqualTo(day);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-02, 9.5,        1.9",
        "2026-11-03, 0,          0",
        "2026-11-04, 203.284475, 43.946895",
        "2026-11-05, ,           ",
    })
    void readsTheUsageOfADay(LocalDate day, @Nullable BigDecimal units, @Nullable BigDecimal usd) throws Exception {
        AccountUsage usage = AccountUsage.read(json(Samples.text("apify/users-me-usage-monthly.json")), day);

        assertThat(usage.ofDay().get("compute_units")).isEqualTo(units);
        assertThat(usage.ofDay().get("usd")).isEqualTo(usd);
        assertThat(usage.ofCycle())
                .isEqualTo(Map.of("compute_units", new BigDecimal("212.784475"), "usd", new BigDecimal("45.846895")));
    }

    @Test
    void moneyIsWhatRemainsAfterDiscountsWhichDaysDoNotShow() throws Exception {
        String discounted = Samples.text("apify/users-me-usage-monthly.json")
                .replace("AfterVolumeDiscount\": 45.846895", "AfterVolumeDiscount\": 40.5");
        AccountUsage usage = AccountUsage.read(json(discounted), LocalDate.parse("2026-11-04"));

        assertThat(usage.ofCycle()).containsEntry("usd", new BigDecimal("40.5"));
        assertThat(usage.ofDay()).containsOnlyKeys("compute_units");
    }

    @Test
    void readsADateWithoutTimeAndIgnoresInvalidDays() throws Exception {
        LocalDate day = LocalDate.parse("2026-11-02");
        String invalid = "{\"dailyServiceUsages\": [null, {}, {\"date\": \"2026-11-02\", \"serviceUsage\":"
                + " {\"ACTOR_COMPUTE_UNITS\": {\"quantity\": %s}}}]}";

        assertThat(AccountUsage.read(json(invalid.formatted("3")), day).ofDay())
                .isEqualTo(Map.of("compute_units", new BigDecimal("3")));
        assertThat(AccountUsage.read(json(invalid.formatted("null")), day).ofDay())
                .isEmpty();
        assertThat(AccountUsage.read(json("{}"), day)).isEqualTo(new AccountUsage(Map.of(), Map.of()));
        assertThat(AccountUsage.read(json("{\"data\": {\"monthlyServiceUsage\": {}}}"), day)
                        .ofCycle())
                .isEmpty();
    }

    @Test
    void writesErrorsInApifysFormat() throws Exception {
        JsonNode sample = json(Samples.text("apify/error-429.json"));

        assertThat(json(ApifyErrors.of(
                        sample.at("/error/type").textValue(),
                        sample.at("/error/message").textValue())))
                .isEqualTo(sample);
    }
}
