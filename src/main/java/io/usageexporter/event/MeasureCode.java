package io.usageexporter.event;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Letters for common measures, in the text that the ledger holds. Upper case, as no resource is. Must not change. */
final class MeasureCode {
    private static final Map<Measure, Character> CODES = Map.of(
            Measure.of(Measure.REQUESTS),
            'R',
            Measure.tokens(TokenKind.INPUT),
            'I',
            Measure.tokens(TokenKind.OUTPUT),
            'O',
            Measure.tokens(TokenKind.CACHE_READ),
            'C',
            Measure.tokens(TokenKind.CACHE_WRITE_5M),
            'W',
            Measure.tokens(TokenKind.CACHE_WRITE_1H),
            'X',
            Measure.tokens(TokenKind.UNSPECIFIED),
            'T',
            Measure.MONEY,
            'M',
            Measure.of("compute_units"),
            'U');

    private static final Map<Character, Measure> MEASURES = new HashMap<>();

    static {
        CODES.forEach((measure, code) -> MEASURES.put(code, measure));
    }

    private MeasureCode() {}

    /** The letter of a measure; 0 if it has none. */
    static char of(Measure measure) {
        return CODES.getOrDefault(measure, (char) 0);
    }

    /** The measure of a letter; null for another character. */
    static @Nullable Measure measure(char code) {
        return MEASURES.get(code);
    }
}
