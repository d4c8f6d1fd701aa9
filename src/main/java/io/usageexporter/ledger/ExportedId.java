package io.usageexporter.ledger;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids that an export gives to events without one, so that they are imported once.
 *
 * @param ledger the id of the ledger that holds them
 */
public record ExportedId(String ledger) {
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,17}");

    /** The id of the event of this number. */
    public String of(long number) {
        return prefix() + number;
    }

    /** The number of the event of this id; 0 if it is not one of these. */
    long number(String id) {
        if (!id.startsWith(prefix())) {
            return 0;
        }
        Matcher number = NUMBER.matcher(id.substring(prefix().length()));
        return number.matches() ? Long.parseLong(number.group()) : 0;
    }

    private String prefix() {
        return "ledger:" + ledger + ":";
    }
}
