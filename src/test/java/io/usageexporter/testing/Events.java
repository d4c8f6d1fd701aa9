package io.usageexporter.testing;

/** Events for many tests. */
public final class Events {
    /** One recommendation of 3,000 tokens. */
    public static final String RECOMMENDATION =
            "{\"provider\":\"anthropic\",\"category\":\"recommendations\",\"usage\":{\"tokens\":3000}}";

    private Events() {}

    /** A recommendation of one token with an id. */
    public static String withId(String id) {
        return "{\"id\":\"" + id
                + "\",\"provider\":\"anthropic\",\"category\":\"recommendations\",\"usage\":{\"tokens\":1}}";
    }
}
