package io.usageexporter.provider;

import java.util.Locale;

/** Why a successful call could not be metered, or not completely. */
public enum UnmeteredReason {
    /** The body is not a response to such a call: empty, HTML, other JSON. Nothing is counted. */
    UNEXPECTED_BODY("the body is not a response to such a call"),
    /** The response reports no usage; only the request is counted. */
    NO_USAGE("the response reports no usage"),
    /** An amount is not a whole number from 0 to 10^12; the others are counted. */
    INVALID_AMOUNT("an amount is not a whole number from 0 to 10^12"),
    /** The response was cut off before it reported its usage. */
    INCOMPLETE("the response was cut off before it reported its usage"),
    /** The body has an encoding that was not requested; only the request is counted. */
    UNREADABLE_ENCODING("the content encoding is neither identity nor gzip"),
    /** The usage is reported in an unknown format. */
    UNKNOWN_FORMAT("the usage is reported in an unknown format");

    private final String description;

    UnmeteredReason(String description) {
        this.description = description;
    }

    /** The value of the {@code reason} label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For the log. */
    public String description() {
        return description;
    }
}
