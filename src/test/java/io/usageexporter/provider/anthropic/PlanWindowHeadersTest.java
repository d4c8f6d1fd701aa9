package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.PlanWindow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanWindowHeadersTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    private static final String ORGANIZATION = "5f0c8a52-7c1e-4a3b-9d57-2b6f1e0a9c44";
    private static final String PREFIX = "anthropic-ratelimit-unified-";

    private static List<PlanWindow> read(String... namesAndValues) {
        return PlanWindowHeaders.read("anthropic", GivenFields.of(namesAndValues), NOW);
    }

    @Test
    void windowsOfARejectedCallAreRead() {
        assertThat(PlanWindowHeaders.read("claude", GivenFields.sample("subscription-rejected"), NOW))
                .containsExactly(
                        new PlanWindow(
                                "claude",
                                ORGANIZATION,
                                "unified-5h",
                                new BigDecimal("1.003354090909091"),
                                Instant.parse("2026-11-24T11:00:00Z"),
                                Duration.ofHours(5),
                                "rejected",
                                true),
                        new PlanWindow(
                                "claude",
                                ORGANIZATION,
                                "unified-7d",
                                new BigDecimal("0.76"),
                                Instant.parse("2026-11-28T09:00:00Z"),
                                Duration.ofDays(7),
                                "allowed_warning",
                                false),
                        new PlanWindow(
                                "claude",
                                ORGANIZATION,
                                "unified-7d_oi",
                                new BigDecimal("0.0"),
                                Instant.parse("2026-11-28T09:00:00Z"),
                                Duration.ofDays(7),
                                "allowed",
                                false));
    }

    @Test
    void callsByKeyHaveNoWindows() {
        assertThat(PlanWindowHeaders.read("anthropic", GivenFields.sample("messages-response-cached"), NOW))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.42, 0.42",
        "1, 1",
        "1.17, 1.17",
        "9.99, 9.99",
        "4.2e-05, 0.000042",
        "' 0.5 ', 0.5",
        "42,",
        "10,",
        "-0.1,",
        "'',",
        "high,",
        "NaN,",
        "Infinity,",
        "0x1p3,",
        "1e5,",
        "'0,5',",
        "50%,",
        ".5,",
        "1e-999999999,"
    })
    void utilizationIsAShareBelowTen(String value, @Nullable BigDecimal used) {
        List<PlanWindow> windows = read(PREFIX + "5h-utilization", value, PREFIX + "5h-reset", "1795518000");

        if (used == null) {
            assertThat(windows).isEmpty();
        } else {
            assertThat(windows)
                    .singleElement()
                    .satisfies(window -> assertThat(window.used()).isEqualByComparingTo(used));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1795518000, 2026-11-24T11:00:00Z",
        "1795518000000, 2026-11-24T11:00:00Z",
        "2026-11-24T11:00:00Z, 2026-11-24T11:00:00Z",
        "99999999999,",
        "soon,",
        "''," // as if it were missing
    })
    void resetThatIsInvalidOrYearsAheadIsUnknown(String value, @Nullable Instant reset) {
        assertThat(read(PREFIX + "5h-utilization", "0.5", PREFIX + "5h-reset", value))
                .extracting(PlanWindow::reset)
                .containsExactly(reset);
    }

    @ParameterizedTest
    @CsvSource({
        "5h, PT5H",
        "7d, PT168H",
        "7d_oi, PT168H",
        "7d-sonnet, PT168H",
        "30d, PT720H",
        "overage,",
        "grace-5h,",
        "5hours,"
    })
    void lengthIsThatOfTheName(String name, @Nullable Duration length) {
        assertThat(read(PREFIX + name + "-utilization", "0.5"))
                .containsExactly(new PlanWindow(
                        "anthropic", "", "unified-" + name, new BigDecimal("0.5"), null, length, null, false));
    }

    @ParameterizedTest
    @CsvSource({
        "five_hour, unified-5h",
        "seven_day, unified-7d",
        "seven_day_overage_included, unified-7d_oi",
        "seven_day_sonnet, unified-7d-sonnet",
        "overage, unified-overage",
        "new_claim,",
        "'',"
    })
    void representativeClaimNamesTheBindingWindow(String claim, @Nullable String name) {
        assertThat(read(
                        PREFIX + "representative-claim", claim,
                        PREFIX + "5h-utilization", "0.5",
                        PREFIX + "7d-utilization", "0.5",
                        PREFIX + "7d_oi-utilization", "0.5",
                        PREFIX + "7d-sonnet-utilization", "0.5",
                        PREFIX + "overage-utilization", "0.5"))
                .hasSize(5)
                .filteredOn(PlanWindow::isBinding)
                .extracting(PlanWindow::name)
                .isEqualTo(name == null ? List.of() : List.of(name));
    }

    @Test
    void nameIsReadWithoutRegardToCase() {
        assertThat(read("Anthropic-Ratelimit-UNIFIED-5H-Utilization", "0.5"))
                .extracting(PlanWindow::name)
                .containsExactly("unified-5h");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anthropic-ratelimit-unified-utilization",
                "anthropic-ratelimit-unified--utilization",
                "anthropic-ratelimit-unified-5h-used",
                "anthropic-ratelimit-unified-5h utilization",
                "anthropic-ratelimit-unified-5é-utilization",
                "anthropic-ratelimit-5h-utilization",
                "anthropic-ratelimit-unified-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-utilization"
            })
    void otherHeadersAreIgnored(String name) {
        assertThat(read(name, "0.5")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "5f0c8a52-7c1e-4a3b-9d57-2b6f1e0a9c44, 5f0c8a52-7c1e-4a3b-9d57-2b6f1e0a9c44",
        "org_01Sample, org_01Sample",
        "sk-ant-oat01-secret, ''",
        "SK-ant-oat01-secret, ''",
        "user@example.com, ''",
        "'two words', ''",
        "'', ''",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, ''"
    })
    void organizationThatCouldBeASecretIsUnknown(String value, String organization) {
        assertThat(read("Anthropic-Organization-Id", value, PREFIX + "5h-utilization", "0.5"))
                .extracting(PlanWindow::organization)
                .containsExactly(organization);
    }

    @ParameterizedTest
    @CsvSource({"allowed, allowed", "allowed_warning, allowed_warning", "Rejected,", "'no way',", "'',"})
    void statusIsOneWord(String value, @Nullable String status) {
        assertThat(read(PREFIX + "5h-status", value, PREFIX + "5h-utilization", "0.5"))
                .extracting(PlanWindow::status)
                .containsExactly(status);
    }

    @Test
    void numberOfWindowsIsBounded() {
        var headers = new ArrayList<String>();
        for (int i = 0; i < 100; i++) {
            headers.addAll(List.of(PREFIX + i + "h-utilization", "0.5"));
        }
        assertThat(read(headers.toArray(new String[0]))).hasSize(PlanWindowHeaders.MAX_WINDOWS);
    }
}
