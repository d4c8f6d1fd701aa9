package io.usageexporter.testing;

/** Events that many tests record. */
public final class Events {
    /** One recommendation of 3,000 tokens. */
    public static final String RECOMMENDATION =
            "{\"provider\":\"anthropic\",\"category\":\"recommendations\",\"usage\":{\"tokens\":3000}}";

    private Events() {}

    /** A request of one token that can be repeated. */
    public static String withId(String id) {
        return "{\"id\":\"" + id
                + "\",\"provider\":\"anthropic\",\"category\":\"recommendations\",\"usage\":{\"tokens\":1}}";
    }
}
