package io.usageexporter.provider;

/** In which encodings an answer may come. */
public enum AcceptEncodingPolicy {
    /** Those that the caller accepts. */
    ANY,
    /** Those of them that can be read as they pass. */
    READABLE,
    /** None, so that the body can be made another. */
    PLAIN
}
