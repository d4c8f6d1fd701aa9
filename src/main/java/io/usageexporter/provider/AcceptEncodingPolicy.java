package io.usageexporter.provider;

/** Which content encodings the provider may choose from. */
public enum AcceptEncodingPolicy {
    /** The encodings that the caller accepts. */
    FORWARD,
    /** Of those, gzip and identity, which the exporter can decode. */
    GZIP_ONLY,
    /** No encoding, so that the body can be rewritten. */
    IDENTITY
}
