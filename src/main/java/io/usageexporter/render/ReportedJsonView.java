package io.usageexporter.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.usageexporter.event.Decimals;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.report.TrackingReport;
import io.usageexporter.report.WindowReport;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Usage as reported by the providers next to what is recorded, in the format of {@code GET /api/usage/reported}: for
 * the current windows and, if a provider reports them, for days and models; and the windows of subscriptions. Unreported
 * values are absent.
 */
public final class ReportedJsonView {
    private static final JsonFactory JSON = new JsonFactory();

    private ReportedJsonView() {}

    /** One JSON object followed by a line feed. */
    public static String render(Report report, TrackingReport tracking) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            JsonView.generatedAt(json, report.generatedAt());
            json.writeObjectFieldStart("windows");
            for (ProviderReport provider : report.providers()) {
                windows(json, provider, tracking.reported());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("days");
            for (ProviderReport provider : report.providers()) {
                List<ProviderReportedDay> days =
                        tracking.reportedDays().get(provider.provider().name());
                if (days != null) {
                    days(json, report, provider.provider(), days);
                }
            }
            json.writeEndObject();
            PlanWindowsJson.write(json, report, tracking);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private static void windows(JsonGenerator json, ProviderReport provider, List<ProviderReportedUsage> reported)
            throws IOException {
        String name = provider.provider().name();
        json.writeObjectFieldStart(name);
        for (var window : provider.windows()) {
            json.writeObjectFieldStart(window.window().label());
            for (ProviderReportedUsage each : reported) {
                if (each.provider().equals(name) && each.window() == window.window()) {
                    json.writeObjectFieldStart(each.resource());
                    amount(json, "recorded", each.resource(), window.used().get(each.resource()));
                    amount(json, "reported", each.resource(), each.used());
                    amount(json, "difference", each.resource(), difference(window, each));
                    amount(json, "reported_limit", each.resource(), each.limit());
                    json.writeEndObject();
                }
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** How much the ledger lacks of what the provider reports; negative where it has more. */
    private static @Nullable BigDecimal difference(WindowReport window, ProviderReportedUsage reported) {
        BigDecimal recorded = window.used().get(reported.resource());
        return recorded == null || reported.used() == null
                ? null
                : reported.used().subtract(recorded);
    }

    private static void days(
            JsonGenerator json, Report report, ProviderConfig provider, List<ProviderReportedDay> reported)
            throws IOException {
        var byDate = new TreeMap<LocalDate, List<ProviderReportedDay>>();
        reported.forEach(day ->
                byDate.computeIfAbsent(day.date(), date -> new ArrayList<>()).add(day));
        json.writeObjectFieldStart(provider.name());
        for (var day : byDate.entrySet()) {
            json.writeObjectFieldStart(day.getKey().toString());
            numbers(json, "recorded", recorded(report, provider, day.getKey()));
            numbers(json, "reported", sum(day.getValue()));
            json.writeObjectFieldStart("reported_by_model");
            for (var model : byModel(day.getValue()).entrySet()) {
                numbers(json, model.getKey(), sum(model.getValue()));
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static SortedMap<String, List<ProviderReportedDay>> byModel(List<ProviderReportedDay> day) {
        return day.stream()
                .collect(Collectors.groupingBy(ProviderReportedDay::model, TreeMap::new, Collectors.toList()));
    }

    private static SortedMap<String, BigDecimal> recorded(Report report, ProviderConfig provider, LocalDate date) {
        var recorded = new TreeMap<String, BigDecimal>();
        provider.resources().forEach(resource -> recorded.put(resource, BigDecimal.ZERO));
        report.totals()
                .forEachCell(
                        provider.name(),
                        Window.DAILY,
                        provider.calendar().containing(Window.DAILY, date),
                        (cell, units) -> recorded.computeIfPresent(
                                cell.measure().resource(),
                                (resource, sum) -> sum.add(provider.counted(cell.measure(), units))));
        return recorded;
    }

    private static SortedMap<String, BigDecimal> sum(List<ProviderReportedDay> models) {
        var sum = new TreeMap<String, BigDecimal>();
        models.forEach(model -> model.used().forEach((resource, units) -> sum.merge(resource, units, BigDecimal::add)));
        return sum;
    }

    private static void numbers(JsonGenerator json, String name, SortedMap<String, BigDecimal> values)
            throws IOException {
        json.writeObjectFieldStart(name);
        JsonView.numbers(values).write(json);
        json.writeEndObject();
    }

    private static void amount(JsonGenerator json, String name, String resource, @Nullable BigDecimal value)
            throws IOException {
        if (value != null) {
            json.writeFieldName(name);
            json.writeNumber(Decimals.plain(resource, value));
        }
    }
}
