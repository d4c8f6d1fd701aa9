package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Usage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run of an actor, as Apify reported it at one moment. Immutable.
 *
 * @param id letters and digits
 * @param actId id of the actor, letters and digits; null if not reported
 * @param status Apify's name for it, such as {@code RUNNING} or {@code TIMED-OUT}; empty if not reported
 * @param startedAt null if not reported
 * @param finishedAt null while it runs
 * @param computeUnits charged to the account; 0 if none are reported yet or the actor's developer pays
 * @param usd what the run costs the account, the actor's own price included; 0 if not reported
 * @param hasInvalidAmounts whether compute units or money are reported, but not as a number from 0 to 10<sup>12</sup>
 */
public record Run(
        String id,
        @Nullable String actId,
        String status,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        Amount computeUnits,
        Amount usd,
        boolean hasInvalidAmounts) {
    private static final Set<String> TERMINAL = Set.of("SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED");
    private static final Set<String> PRICES_INCLUDE_USAGE = Set.of("PRICE_PER_DATASET_ITEM", "PAY_PER_EVENT");
    private static final Set<String> ACTIVE = Set.of("READY", "RUNNING", "TIMING-OUT", "ABORTING");

    /** Reads a run, with or without the wrapper of Apify's responses; null if there is none. */
    public static @Nullable Run read(JsonNode node) {
        JsonNode run = ApifyJson.unwrapped(node);
        String id = ApifyJson.id(run.path("id"));
        if (id == null) {
            return null;
        }
        boolean countsUnits = !isPaidByDeveloper(run);
        JsonNode usd = run.path("usageTotalUsd");
        return new Run(
                id,
                ApifyJson.id(run.path("actId")),
                orEmpty(run.path("status")).toUpperCase(Locale.ROOT).replace('_', '-'),
                ApifyJson.instant(run.path("startedAt")),
                ApifyJson.instant(run.path("finishedAt")),
                countsUnits ? computeUnits(run) : Amount.of(0),
                amount(ApifyJson.number(usd)),
                (countsUnits && hasInvalidUnits(run)) || isInvalid(usd));
    }

    /** Whether a text can be an id, which needs no encoding in URLs. */
    public static boolean isId(String text) {
        return ApifyJson.isId(text);
    }

    /**
     * The figure in the run's statistics, or the billed one if they have none. The two are not updated together, and a
     * figure that is too high could not be corrected later.
     */
    private static Amount computeUnits(JsonNode run) {
        BigDecimal own = ApifyJson.number(run.path("stats").path("computeUnits"));
        BigDecimal billed = ApifyJson.number(run.path("usage").path("ACTOR_COMPUTE_UNITS"));
        BigDecimal units = own != null && own.signum() > 0 ? own : billed;
        return amount(units);
    }

    private static Amount amount(@Nullable BigDecimal number) {
        return Amount.of(Objects.requireNonNullElse(number, BigDecimal.ZERO));
    }

    private static boolean isInvalid(JsonNode amount) {
        return !ApifyJson.isAbsent(amount) && ApifyJson.number(amount) == null;
    }

    private static boolean hasInvalidUnits(JsonNode run) {
        JsonNode own = run.path("stats").path("computeUnits");
        JsonNode billed = run.path("usage").path("ACTOR_COMPUTE_UNITS");
        boolean isReported = !ApifyJson.isAbsent(own) || !ApifyJson.isAbsent(billed);
        return isReported && ApifyJson.number(own) == null && ApifyJson.number(billed) == null;
    }

    /**
     * Whether the platform usage is charged to the actor's developer: as the run says, or else because the actor is priced
     * by result or by event.
     */
    private static boolean isPaidByDeveloper(JsonNode run) {
        String payer = ApifyJson.text(run.path("platformUsageBillingModel"));
        return payer == null
                ? PRICES_INCLUDE_USAGE.contains(orEmpty(run.path("pricingInfo").path("pricingModel")))
                : payer.equalsIgnoreCase("DEVELOPER");
    }

    private static String orEmpty(JsonNode node) {
        return Objects.requireNonNullElse(ApifyJson.text(node), "");
    }

    /** When it counts, which is its start if known; null if nothing is reported. */
    public @Nullable Instant at() {
        return startedAt == null ? finishedAt : startedAt;
    }

    /** What it has used so far: compute units and money. */
    public Usage usage() {
        return Usage.of(Map.of(Measure.of(ApifyIntegration.COMPUTE_UNITS), computeUnits, Measure.of(Measure.USD), usd));
    }

    /** Whether it has ended, with any result. It may still be resurrected. */
    public boolean isTerminal() {
        return TERMINAL.contains(status) || (finishedAt != null && !ACTIVE.contains(status));
    }
}
