package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Amount;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run of an actor, as Apify showed it at one moment. Immutable.
 *
 * @param id letters and digits
 * @param actId of its actor, letters and digits; null if it was not reported
 * @param taskId of the task that it was started by, or null
 * @param status as Apify names it, such as {@code RUNNING} or {@code TIMED-OUT}; empty if it was not reported
 * @param startedAt null if it was not reported
 * @param finishedAt null while it runs
 * @param computeUnits what it has used of the account; 0 if nothing is reported yet, and where the actor's developer pays
 * @param unitsAreOdd whether its compute units are reported, but not as a number from 0 to 10<sup>12</sup>
 * @param origin what started it, such as {@code API} or {@code SCHEDULER}; empty if it was not reported
 */
public record Run(
        String id,
        @Nullable String actId,
        @Nullable String taskId,
        String status,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        Amount computeUnits,
        boolean unitsAreOdd,
        String origin) {
    private static final Set<String> ENDED = Set.of("SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED");
    private static final Set<String> PRICES_INCLUDE_USAGE = Set.of("PRICE_PER_DATASET_ITEM", "PAY_PER_EVENT");
    private static final Set<String> GOING_ON = Set.of("READY", "RUNNING", "TIMING-OUT", "ABORTING");

    /** Reads a run, alone or as Apify's responses hold it; null when there is none in it. */
    public static @Nullable Run read(JsonNode node) {
        JsonNode run = ApifyJson.unwrapped(node);
        String id = ApifyJson.id(run.path("id"));
        if (id == null) {
            return null;
        }
        return new Run(
                id,
                ApifyJson.id(run.path("actId")),
                ApifyJson.id(run.path("actorTaskId")),
                orEmpty(run.path("status")).toUpperCase(Locale.ROOT).replace('_', '-'),
                ApifyJson.instant(run.path("startedAt")),
                ApifyJson.instant(run.path("finishedAt")),
                isPaidByDeveloper(run) ? Amount.of(0) : computeUnits(run),
                !isPaidByDeveloper(run) && unitsAreOdd(run),
                orEmpty(run.path("meta").path("origin")));
    }

    /** Whether an id can be one of Apify's, and may stand in a URL. */
    public static boolean isId(String text) {
        return ApifyJson.isId(text);
    }

    /**
     * The run's own statistics; what is billed of it only where they lack a figure, since the two are not updated
     * together, and a figure too high could not be taken back.
     */
    private static Amount computeUnits(JsonNode run) {
        BigDecimal own = ApifyJson.number(run.path("stats").path("computeUnits"));
        BigDecimal billed = ApifyJson.number(run.path("usage").path("ACTOR_COMPUTE_UNITS"));
        BigDecimal units = own != null && own.signum() > 0 ? own : billed;
        return Amount.of(Objects.requireNonNullElse(units, BigDecimal.ZERO));
    }

    private static boolean unitsAreOdd(JsonNode run) {
        JsonNode own = run.path("stats").path("computeUnits");
        JsonNode billed = run.path("usage").path("ACTOR_COMPUTE_UNITS");
        boolean isTold = !ApifyJson.isAbsent(own) || !ApifyJson.isAbsent(billed);
        return isTold && ApifyJson.number(own) == null && ApifyJson.number(billed) == null;
    }

    /**
     * Whether the platform usage is not the account's own: as the run says, or else since its actor is paid by result or
     * by event.
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

    /** When it counts: when it began, of which a run's day goes by; null if nothing is reported. */
    public @Nullable Instant at() {
        return startedAt == null ? finishedAt : startedAt;
    }

    /** Whether it has ended, however. It may be resurrected all the same. */
    public boolean isTerminal() {
        return ENDED.contains(status) || (finishedAt != null && !GOING_ON.contains(status));
    }
}
