package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** Errors in Apify's format. */
public final class ApifyErrors {
    private ApifyErrors() {}

    /**
     * The JSON body of an error.
     *
     * @param type for programs, such as {@code rate-limit-exceeded}
     * @param message for people
     */
    public static String of(String type, String message) {
        var body = JsonNodeFactory.instance.objectNode();
        body.putObject("error").put("type", type).put("message", message);
        return body.toString();
    }
}
