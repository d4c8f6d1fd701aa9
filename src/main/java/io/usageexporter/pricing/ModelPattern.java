package io.usageexporter.pricing;

import java.util.regex.Pattern;

/**
 * The models that a price row is for: one model, or all that begin with a prefix.
 *
 * @param literal the model or the prefix, without {@code *}
 * @param isPrefix whether it is a prefix; the empty prefix matches every model, and usage without a model
 */
public record ModelPattern(String literal, boolean isPrefix) {
    /** Every model. */
    public static final ModelPattern ANY = new ModelPattern("", true);

    /** What may follow the name of a model in that of one of its versions: a date, or {@code latest}. */
    private static final Pattern VERSION = Pattern.compile("[-@](\\d{8}|\\d{4}-\\d\\d-\\d\\d|latest)");

    /**
     * Reads a model, or a prefix that ends with {@code *}.
     *
     * @throws IllegalArgumentException when {@code *} is not its last character
     */
    public static ModelPattern of(String text) {
        int star = text.indexOf('*');
        if (star >= 0 && star < text.length() - 1) {
            throw new IllegalArgumentException("not a model or a prefix with *: " + text);
        }
        return star < 0 ? new ModelPattern(text, false) : new ModelPattern(text.substring(0, star), true);
    }

    /** Whether this model, or the one of which it is a dated version, is among them. */
    public boolean matches(String model) {
        return model.startsWith(literal)
                && (isPrefix
                        || model.length() == literal.length()
                        || VERSION.matcher(model.substring(literal.length())).matches());
    }

    @Override
    public String toString() {
        return isPrefix ? literal + "*" : literal;
    }
}
