package io.usageexporter.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageexporter.quota.AccountPlan;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The results of polls as text, by which exporters that share a ledger tell each other. Amounts stay exact. */
public final class PollResultJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PollResultJson() {}

    /** The text of a result; equal results have equal texts. */
    public static String write(PollResult result) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode figures = json.putArray("figures");
        for (PollResult.Figure figure : result.figures()) {
            ProviderReportedUsage reported = figure.reported();
            figures.addObject()
                    .put("resource", reported.resource())
                    .put("window", reported.window().label())
                    .put("used", text(reported.used()))
                    .put("limit", text(reported.limit()))
                    .put("until", figure.until().toString());
        }
        if (result.days() != null) {
            ArrayNode days = json.putArray("days");
            for (ProviderReportedDay day : result.days()) {
                ObjectNode entry =
                        days.addObject().put("date", day.date().toString()).put("model", day.model());
                writeAmounts(entry.putObject("used"), day.used());
            }
        }
        if (result.plan() != null) {
            ObjectNode plan =
                    json.putObject("plan").put("reset_day", result.plan().resetDay());
            writeAmounts(plan.putObject("limits"), result.plan().limits());
        }
        return json.toString();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static PollResult read(String provider, String text) {
        try {
            return read(provider, JSON.readTree(text));
        } catch (JsonProcessingException | DateTimeException e) {
            throw new IllegalArgumentException("not the result of a poll of " + provider, e);
        }
    }

    private static PollResult read(String provider, JsonNode json) {
        var figures = new ArrayList<PollResult.Figure>();
        for (JsonNode figure : json.required("figures")) {
            var reported = new ProviderReportedUsage(
                    provider,
                    string(figure, "resource"),
                    Window.valueOf(string(figure, "window").toUpperCase(Locale.ROOT)),
                    amount(figure.path("used")),
                    amount(figure.path("limit")));
            figures.add(new PollResult.Figure(reported, Instant.parse(string(figure, "until"))));
        }
        JsonNode plan = json.get("plan");
        return new PollResult(
                figures,
                days(json.get("days")),
                plan == null
                        ? null
                        : new AccountPlan(
                                amounts(plan.required("limits")),
                                plan.required("reset_day").asInt()));
    }

    private static @Nullable List<ProviderReportedDay> days(@Nullable JsonNode json) {
        if (json == null) {
            return null;
        }
        var days = new ArrayList<ProviderReportedDay>();
        for (JsonNode day : json) {
            days.add(new ProviderReportedDay(
                    LocalDate.parse(string(day, "date")), string(day, "model"), amounts(day.required("used"))));
        }
        return days;
    }

    private static void writeAmounts(ObjectNode json, Map<String, BigDecimal> amounts) {
        new TreeMap<>(amounts).forEach((resource, amount) -> json.put(resource, amount.toString()));
    }

    private static SortedMap<String, BigDecimal> amounts(JsonNode json) {
        var amounts = new TreeMap<String, BigDecimal>();
        json.properties()
                .forEach(entry -> amounts.put(
                        entry.getKey(), new BigDecimal(entry.getValue().asText())));
        return amounts;
    }

    private static @Nullable BigDecimal amount(JsonNode json) {
        return json.isTextual() ? new BigDecimal(json.textValue()) : null;
    }

    private static @Nullable String text(@Nullable BigDecimal amount) {
        return amount == null ? null : amount.toString();
    }

    private static String string(JsonNode json, String field) {
        return json.required(field).asText();
    }
}
