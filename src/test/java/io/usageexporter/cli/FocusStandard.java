package io.usageexporter.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The FinOps Open Cost and Usage Specification 1.2, from its own tables of columns and of allowed values. */
final class FocusStandard {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final List<Map<String, String>> COLUMNS = table("focus-1.2-columns.csv");
    private static final List<Map<String, String>> VALUES = table("focus-1.2-values.csv");

    /** What it forbids to be null in rows of usage, although the column allows it. */
    private static final Set<String> REQUIRED_FOR_USAGE =
            Set.of("ConsumedQuantity", "PricingCategory", "PricingQuantity", "SkuId", "SkuPriceId");

    private static final Set<String> UNIT_PRICES = Set.of("ListUnitPrice", "ContractedUnitPrice");

    private FocusStandard() {}

    private static List<Map<String, String>> table(String name) {
        try (InputStream in = requireNonNull(FocusStandard.class.getResourceAsStream(name))) {
            return read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    /** The lines of CSV by column; an empty field is an empty text. */
    static List<Map<String, String>> read(String csv) throws IOException {
        try (var lines = new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader().withComments())
                .<Map<String, String>>readValues(csv)) {
            return lines.readAll();
        }
    }

    /** Checks a dataset: its columns, and every row. */
    static void check(String csv) throws IOException {
        assertThat(csv).as("empty text for null").doesNotContainPattern("(?m)(^|,)\"\"(,|\\r)");
        checkColumns(List.of(csv.substring(0, csv.indexOf('\r')).split(",")));
        List<Map<String, String>> rows = read(csv);
        for (Map<String, String> row : rows) {
            COLUMNS.stream()
                    .filter(column -> row.containsKey(id(column)))
                    .forEach(column -> checkField(column, row.get(id(column)), row));
            checkRelations(row);
        }
        hasOne(rows, "SkuPriceId", "SkuId");
        hasOne(rows, "SkuPriceId", "SkuPriceDetails");
        hasOne(rows, "SkuId", "SkuMeter");
        hasOne(rows, "ServiceName", "ServiceCategory");
    }

    private static String id(Map<String, String> column) {
        return requireNonNull(column.get("column"));
    }

    private static void checkColumns(List<String> header) {
        var order = new ArrayList<>(COLUMNS.stream().map(FocusStandard::id).toList());
        order.retainAll(header);
        List<String> own = header.stream().filter(each -> each.startsWith("x_")).toList();
        order.addAll(own);
        assertThat(header).containsExactlyElementsOf(order);
        assertThat(own).allMatch(each -> each.matches("x_([A-Z][a-z0-9]+)+"));
        assertThat(header)
                .containsAll(COLUMNS.stream()
                        .filter(column -> "Mandatory".equals(column.get("level")))
                        .map(FocusStandard::id)
                        .toList());
    }

    private static void checkField(Map<String, String> column, @Nullable String value, Map<String, String> row) {
        String id = id(column);
        if (value == null || value.isEmpty()) {
            assertThat(column.get("nulls")).as(id + " is null in " + row).isEqualTo("True");
            return;
        }
        switch (requireNonNull(column.get("format"))) {
            case "" -> assertThat(value).as(id).isNotBlank();
            case "Numeric Format" -> assertThat(value).as(id).matches("-?\\d+(\\.\\d+)?");
            case "Currency Format" ->
                assertThat(Currency.getInstance(value).getCurrencyCode()).isEqualTo(value);
            case "Date/Time Format" -> assertThat(value).as(id).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
            case "Unit Format", "Unit Format recommended" ->
                assertThat(value).as(id).matches("([1-9]\\d* )?[A-Z][A-Za-z]*( [A-Z][A-Za-z]*)*s");
            case "Key-Value Format" -> checkKeysAndValues(id, value);
            case "Allowed values" ->
                assertThat(VALUES.stream()
                                .filter(each -> id.equals(each.get("column")))
                                .map(each -> each.get("value")))
                        .as(id)
                        .contains(value);
            default -> throw new AssertionError(column);
        }
        if (requireNonNull(column.get("range")).contains("non-negative")) {
            assertThat(new BigDecimal(value)).as(id).isNotNegative();
        }
    }

    private static void checkKeysAndValues(String id, String value) {
        JsonNode object;
        try {
            object = JSON.readTree(value);
        } catch (IOException e) {
            throw new AssertionError(id + ": " + value, e);
        }
        assertThat(object.isObject()).as(value).isTrue();
        assertThat(object).allMatch(JsonNode::isValueNode);
        if (id.equals("SkuPriceDetails")) {
            object.fieldNames().forEachRemaining(key -> assertThat(key).matches("x_([A-Z][a-z0-9]+)+"));
        }
    }

    private static void checkRelations(Map<String, String> row) {
        String all = row.toString();
        assertThat(row).containsEntry("ChargeCategory", "Usage").containsEntry("ChargeClass", "");
        REQUIRED_FOR_USAGE.forEach(
                id -> assertThat(row.get(id)).as(id + " in " + all).isNotEmpty());
        for (String id : UNIT_PRICES) { // the one exception: a price that is not known has no value
            assertThat(row.get(id)).as(id + " in " + all).matches("Unknown".equals(row.get("x_CostBasis")) ? "" : ".+");
        }
        bothOrNeither(row, "ConsumedQuantity", "ConsumedUnit");
        bothOrNeither(row, "PricingQuantity", "PricingUnit");
        bothOrNeither(row, "RegionId", "RegionName");
        isProduct(row, "ListCost", "ListUnitPrice");
        isProduct(row, "ContractedCost", "ContractedUnitPrice");
        assertThat(VALUES.stream()
                        .filter(each -> "ServiceSubcategory".equals(each.get("column"))
                                && requireNonNull(each.get("value")).equals(row.get("ServiceSubcategory")))
                        .map(each -> each.get("parent")))
                .containsExactly(row.get("ServiceCategory"));
        assertThat(List.of(
                        instant(row, "BillingPeriodStart"),
                        instant(row, "ChargePeriodStart"),
                        instant(row, "ChargePeriodEnd"),
                        instant(row, "BillingPeriodEnd")))
                .isSorted();
        assertThat(instant(row, "ChargePeriodStart")).isBefore(instant(row, "ChargePeriodEnd"));
    }

    private static Instant instant(Map<String, String> row, String id) {
        return Instant.parse(requireNonNull(row.get(id)));
    }

    private static void bothOrNeither(Map<String, String> row, String one, String other) {
        assertThat(requireNonNull(row.get(one)).isEmpty())
                .as(one + " and " + other + " in " + row)
                .isEqualTo(requireNonNull(row.get(other)).isEmpty());
    }

    private static void isProduct(Map<String, String> row, String cost, String unitPrice) {
        String price = requireNonNull(row.get(unitPrice));
        if (!price.isEmpty()) {
            assertThat(new BigDecimal(price).multiply(new BigDecimal(requireNonNull(row.get("PricingQuantity")))))
                    .as(cost + " of " + row)
                    .isEqualByComparingTo(requireNonNull(row.get(cost)));
        }
    }

    private static void hasOne(List<Map<String, String>> rows, String one, String other) {
        var others = new HashMap<String, Set<String>>(rows.stream()
                .collect(Collectors.groupingBy(
                        row -> requireNonNull(row.get(one)),
                        Collectors.mapping(row -> requireNonNull(row.get(other)), Collectors.toSet()))));
        assertThat(others.values()).as(other + " of each " + one).allMatch(values -> values.size() == 1);
    }
}
