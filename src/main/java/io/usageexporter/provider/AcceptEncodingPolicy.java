package io.usageexporter.provider;

/** In which encodings a response may come. */
public enum AcceptEncodingPolicy {
    /** Those that the caller accepts. */
    FORWARD,
    /** Of those, gzip and identity, which can be read as they pass. */
    GZIP_ONLY,
    /** None, so that the body can be rewritten. */
    IDENTITY
}
