package io.usageexporter.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggests the name that was probably meant. */
public final class Spelling {
    /** One typo is allowed per this many letters of the name meant. */
    private static final int LETTERS_PER_TYPO = 4;

    private Spelling() {}

    /**
     * The known name that differs from this one by few typos: a letter missing, added, replaced or swapped with the
     * next.
     *
     * @return empty if the name is known or close to none
     */
    public static Optional<String> closest(String name, Collection<String> known) {
        return known.contains(name)
                ? Optional.empty()
                : known.stream()
                        .filter(each -> typos(name, each) <= Math.max(1, each.length() / LETTERS_PER_TYPO))
                        .min(Comparator.comparing((String each) -> typos(name, each))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** A question to end a message with; may be empty. */
    static String question(String name, Collection<String> known) {
        return closest(name, known)
                .map(meant -> "; did you mean " + meant + "?")
                .orElse("");
    }

    /** The optimal string alignment distance, a restricted Damerau-Levenshtein distance. */
    private static int typos(String a, String b) {
        if (Math.abs(a.length() - b.length()) > Math.max(1, b.length() / LETTERS_PER_TYPO)) {
            return Integer.MAX_VALUE; // too far apart by their lengths alone
        }
        var typos = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    typos[i][j] = i + j;
                    continue;
                }
                int replaced = typos[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                typos[i][j] = Math.min(replaced, 1 + Math.min(typos[i - 1][j], typos[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    typos[i][j] = Math.min(typos[i][j], typos[i - 2][j - 2] + 1);
                }
            }
        }
        return typos[a.length()][b.length()];
    }
}
