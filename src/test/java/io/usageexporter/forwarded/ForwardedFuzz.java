package io.usageexporter.forwarded;

import java.nio.charset.StandardCharsets;

/** What reverse proxies say, or someone who pretends to be one. */
public final class ForwardedFuzz {
    private ForwardedFuzz() {}

    /** One header a line. */
    public static void headers(byte[] input) {
        ForwardedPropertyTest.checkUrl(new String(input, StandardCharsets.ISO_8859_1).split("\n", -1));
    }
}
