package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the amounts in the rows of Anthropic's reports. An unreadable amount makes all of them unreadable. */
final class ReportAmounts {
    private static final int MAX_DIGITS = 18;
    private static final int CENT_DECIMALS = 2;

    private ReportAmounts() {}

    /** Tokens by kind, 0 if absent; and requests, if reported. */
    static @Nullable Map<Measure, BigDecimal> usage(JsonNode usage) {
        if (!usage.isObject()) {
            return null;
        }
        JsonNode cacheCreation = usage.path("cache_creation");
        Map<Measure, JsonNode> reported = Map.of(
                Measure.tokens(TokenKind.INPUT), usage.path("uncached_input_tokens"),
                Measure.tokens(TokenKind.OUTPUT), usage.path("output_tokens"),
                Measure.tokens(TokenKind.CACHE_READ), usage.path("cache_read_input_tokens"),
                Measure.tokens(TokenKind.CACHE_WRITE_5M), cacheCreation.path("ephemeral_5m_input_tokens"),
                Measure.tokens(TokenKind.CACHE_WRITE_1H), cacheCreation.path("ephemeral_1h_input_tokens"),
                Measure.of(Measure.REQUESTS), usage.path("requests"));
        var amounts = new HashMap<Measure, BigDecimal>();
        for (var entry : reported.entrySet()) {
            boolean isToken = entry.getKey().kind() != null;
            if (!isAbsent(entry.getValue())) {
                BigDecimal count = number(entry.getValue());
                if (count == null || count.signum() < 0 || count.scale() > 0) {
                    return null;
                }
                amounts.put(entry.getKey(), count);
            } else if (isToken) {
                amounts.put(entry.getKey(), BigDecimal.ZERO);
            }
        }
        return amounts;
    }

    /** US dollars, which are reported in cents and fractions of them; a credit is negative. */
    static @Nullable Map<Measure, BigDecimal> cost(JsonNode cost) {
        JsonNode currency = cost.path("currency");
        BigDecimal cents = number(cost.path("amount"));
        return cents == null || !(isAbsent(currency) || "USD".equals(currency.textValue()))
                ? null
                : Map.of(Measure.of(Measure.USD), cents.movePointLeft(CENT_DECIMALS));
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    /** A number, or one as text, of at most {@value #MAX_DIGITS} digits on either side of the point; else null. */
    private static @Nullable BigDecimal number(JsonNode node) {
        if (!node.isNumber() && !node.isTextual()) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(node.asText()).stripTrailingZeros();
            long digits = (long) number.precision() - number.scale();
            return digits > MAX_DIGITS || number.scale() > MAX_DIGITS
                    ? null
                    : number.setScale(Math.max(0, number.scale()));
        } catch (NumberFormatException e) { // not a number
            return null;
        }
    }
}
