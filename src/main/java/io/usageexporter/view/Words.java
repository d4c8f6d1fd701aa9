package io.usageexporter.view;

import io.usageexporter.event.Decimals;
import io.usageexporter.quota.Quota;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How people read numbers and names. */
final class Words {
    private static final int GROUPED_FROM = 10_000;
    private static final int PERCENT_DECIMALS = 1;

    private Words() {}

    /** Exact; grouped from 10,000 on: {@code 1000}, {@code 45,000}, {@code 12,345.25}. */
    static String number(BigDecimal value) {
        String plain = Decimals.plain(value);
        if (value.abs().compareTo(BigDecimal.valueOf(GROUPED_FROM)) < 0) {
            return plain;
        }
        int point = plain.indexOf('.');
        String whole = point < 0 ? plain : plain.substring(0, point);
        return whole.replaceAll("(?<=\\d)(?=(\\d{3})+$)", ",") + plain.substring(whole.length());
    }

    /** At most one decimal, on the same side of each threshold as the exact value: {@code 1.5%}. */
    static String percent(Quota quota) {
        return number(quota.percent(PERCENT_DECIMALS)) + "%";
    }

    /** {@code compute_units} as in running text: "compute units". */
    static String plural(String resource) {
        return resource.replace('_', ' ');
    }

    /** {@code compute_units} as a heading: "Compute Units". */
    static String title(String resource) {
        return Stream.of(resource.split("_"))
                .filter(word -> !word.isEmpty())
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining(" "));
    }
}
