package io.usageexporter.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class Spelling {
    /** One slip is allowed for so many letters of the name that may have been meant. */
    private static final int LETTERS_PER_SLIP = 4;

    private Spelling() {}

    /**
     * The known name that differs from this one by few slips: a letter missing, added, replaced or swapped with the next.
     *
     * @return empty when the name itself is known, or is close to none
     */
    public static Optional<String> closest(String name, Collection<String> known) {
        return known.contains(name)
                ? Optional.empty()
                : known.stream()
                        .filter(each -> slips(name, each) <= Math.max(1, each.length() / LETTERS_PER_SLIP))
                        .min(Comparator.comparing((String each) -> slips(name, each))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** A question that ends a message, or nothing. */
    static String question(String name, Collection<String> known) {
        return closest(name, known)
                .map(meant -> "; did you mean " + meant + "?")
                .orElse("");
    }

    /** The distance of Damerau and Levenshtein, in which no letter is touched twice. */
    private static int slips(String a, String b) {
        if (Math.abs(a.length() - b.length()) > Math.max(1, b.length() / LETTERS_PER_SLIP)) {
            return Integer.MAX_VALUE; // whatever the letters are
        }
        var slips = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    slips[i][j] = i + j;
                    continue;
                }
                int replaced = slips[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                slips[i][j] = Math.min(replaced, 1 + Math.min(slips[i - 1][j], slips[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    slips[i][j] = Math.min(slips[i][j], slips[i - 2][j - 2] + 1);
                }
            }
        }
        return slips[a.length()][b.length()];
    }
}
