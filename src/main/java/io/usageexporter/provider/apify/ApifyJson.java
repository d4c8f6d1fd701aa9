package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads single values of Apify's responses. Values that are absent, null or invalid become null. */
final class ApifyJson {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{1,64}");

    private ApifyJson() {}

    /** The JSON value in the first bytes of an array, or null if they are anything else. */
    static @Nullable JsonNode parse(byte[] bytes, int length) {
        try {
            return JSON.readTree(bytes, 0, length);
        } catch (IOException e) {
            return null; // not JSON, or incomplete
        }
    }

    /** The content of the wrapper that most responses have; a value without a wrapper is returned as it is. */
    static JsonNode unwrapped(JsonNode node) {
        return node.path("data").isObject() ? node.path("data") : node;
    }

    static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }

    /** An id, which needs no encoding in URLs. */
    static @Nullable String id(JsonNode node) {
        String text = text(node);
        return text != null && isId(text) ? text : null;
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    static @Nullable Instant instant(JsonNode node) {
        String text = text(node);
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** A number from 0 to 10<sup>12</sup>, or its text. */
    static @Nullable BigDecimal number(JsonNode node) {
        if (!node.isNumber() && !node.isTextual()) {
            return null;
        }
        try {
            BigDecimal value = node.isNumber() ? node.decimalValue() : new BigDecimal(node.textValue());
            return Amount.of(value).micros() < 0 ? null : value;
        } catch (InvalidEventException | NumberFormatException e) {
            return null;
        }
    }

    /** Puts a number into a map, unless it is absent or invalid. */
    static void putNumber(Map<String, BigDecimal> numbers, String name, JsonNode node) {
        BigDecimal number = number(node);
        if (number != null) {
            numbers.put(name, number);
        }
    }

    static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
