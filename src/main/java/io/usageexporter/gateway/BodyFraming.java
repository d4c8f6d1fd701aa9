package io.usageexporter.gateway;

/**
 * How the end of a response's body is found.
 *
 * @param isReliable whether what follows the body is certain to be the next response
 * @param length of a {@link Kind#FIXED} one, else 0
 */
record BodyFraming(Kind kind, boolean isReliable, long length) {
    static final BodyFraming CHUNKED = new BodyFraming(Kind.CHUNKED, true, 0);

    /** Others that read the connection may go by the length (RFC 9112, section 6.3). */
    static final BodyFraming CHUNKED_DESPITE_LENGTH = new BodyFraming(Kind.CHUNKED, false, 0);

    /** Some servers send a body that is announced although there must be none, perhaps late. */
    static final BodyFraming NONE_DESPITE_LENGTH = new BodyFraming(Kind.FIXED, false, 0);

    static final BodyFraming UNTIL_CLOSE = new BodyFraming(Kind.UNTIL_CLOSE, false, 0);

    enum Kind {
        FIXED,
        CHUNKED,
        UNTIL_CLOSE
    }

    static BodyFraming fixed(long length) {
        return new BodyFraming(Kind.FIXED, true, length);
    }
}
