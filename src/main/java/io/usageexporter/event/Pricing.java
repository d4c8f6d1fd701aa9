package io.usageexporter.event;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * At which price usage is billed, where that is not the standard one: parts such as {@code batch} and {@code us}, whose
 * text form is in alphabetical order, as in {@code batch+us}. Unknown parts are kept; usage with one has no known price.
 * Immutable; cheap to compare, since the combinations of the known parts exist once.
 */
public final class Pricing implements Comparable<Pricing> {
    /** Results of a batch. */
    public static final String BATCH = "batch";

    /** Served at fast speed. */
    public static final String FAST = "fast";

    /** Served at low priority. */
    public static final String FLEX = "flex";

    /** A prompt so long that the model has another price for it. */
    public static final String LONG = "long";

    /** Served from capacity bought beforehand. */
    public static final String PRIORITY = "priority";

    /** Its cost was reported with it, as an amount of {@code usd}, so that no price applies to the other amounts. */
    public static final String REPORTED = "reported";

    /** Inference in the US only. */
    public static final String US = "us";

    /** The longest text. */
    public static final int MAX_LENGTH = 100;

    private static final int MAX_PART_LENGTH = 30;
    private static final List<String> KNOWN = List.of(BATCH, FAST, FLEX, LONG, PRIORITY, REPORTED, US);
    private static final String PART = "[a-z][a-z0-9_.-]*";
    private static final Pattern TEXT = Pattern.compile(PART + "(\\+" + PART + ")*");

    /** What text is allowed, for error messages. */
    public static final String ALLOWED =
            "parts joined by +, such as batch+us, that each match " + PART + ", up to " + MAX_LENGTH + " characters";

    private static final Map<String, Pricing> INTERNED = new HashMap<>();

    static {
        for (int set = 0; set < 1 << KNOWN.size(); set++) {
            var parts = new ArrayList<String>();
            for (int i = 0; i < KNOWN.size(); i++) {
                if ((set & 1 << i) != 0) {
                    parts.add(KNOWN.get(i));
                }
            }
            var pricing = new Pricing(parts);
            INTERNED.put(pricing.text, pricing);
        }
    }

    /** The standard price. */
    public static final Pricing STANDARD = of("");

    private final List<String> parts;
    private final String text;

    private Pricing(Collection<String> parts) {
        this.parts = List.copyOf(parts);
        this.text = String.join("+", parts);
    }

    /**
     * Reads parts in any order; an empty text is {@link #STANDARD}.
     *
     * @throws InvalidEventException when it is not {@link #ALLOWED}
     */
    public static Pricing of(String text) {
        Pricing interned = INTERNED.get(text);
        if (interned != null) {
            return interned;
        }
        if (text.length() > MAX_LENGTH || !TEXT.matcher(text).matches()) {
            throw new InvalidEventException("pricing must be " + ALLOWED);
        }
        return interned(new TreeSet<>(List.of(text.split("\\+"))));
    }

    private static Pricing interned(Collection<String> parts) {
        var pricing = new Pricing(parts);
        return INTERNED.getOrDefault(pricing.text, pricing);
    }

    /** Reads what {@link #text()} returned, even if derived parts made it longer than is allowed. */
    public static Pricing parse(String text) {
        Pricing interned = INTERNED.get(text);
        return interned != null ? interned : interned(List.of(text.split("\\+", -1)));
    }

    /**
     * The same with one more part.
     *
     * @throws InvalidEventException when the result is not {@link #ALLOWED}
     */
    public Pricing with(String part) {
        return has(part) ? this : of(text.isEmpty() ? part : text + '+' + part);
    }

    /** The same with the parts that are derived from the amounts of an event. */
    public Pricing derived(boolean isReported, boolean isLong) {
        boolean addsReported = isReported && !has(REPORTED);
        boolean addsLong = isLong && !has(LONG);
        if (!addsReported && !addsLong) {
            return this;
        }
        var all = new TreeSet<>(parts);
        if (addsReported) {
            all.add(REPORTED);
        }
        if (addsLong) {
            all.add(LONG);
        }
        return interned(all);
    }

    /** The same without the parts that are derived from amounts. */
    Pricing withoutDerived() {
        if (!has(REPORTED) && !has(LONG)) {
            return this;
        }
        var others = new ArrayList<>(parts);
        others.removeAll(List.of(REPORTED, LONG));
        return interned(others);
    }

    /** Makes a part of any text: lowercase, with underscores for characters that are not allowed; empty for blank text. */
    public static String part(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_.-]", "_");
        String part = name.isEmpty() || (name.charAt(0) >= 'a' && name.charAt(0) <= 'z') ? name : "x" + name;
        return part.substring(0, Math.min(part.length(), MAX_PART_LENGTH));
    }

    /** Whether this is one of the parts. */
    public boolean has(String part) {
        return parts.contains(part);
    }

    /** Whether it is the standard price. */
    public boolean isStandard() {
        return parts.isEmpty();
    }

    /** Whether each part is one that this class names. */
    public boolean isKnown() {
        return INTERNED.containsKey(text);
    }

    /** The canonical text form, empty for the standard price. */
    public String text() {
        return text;
    }

    @Override
    public int compareTo(Pricing other) {
        return text.compareTo(other.text);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Pricing pricing && text.equals(pricing.text));
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
