package io.usageexporter.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;

/** Keeps browsers from guessing the type of a response, and from giving it to pages of other sites. */
final class BrowserHeaders {
    private static final HttpString CONTENT_TYPE_OPTIONS = new HttpString("X-Content-Type-Options");
    private static final HttpString RESOURCE_POLICY = new HttpString("Cross-Origin-Resource-Policy");

    private BrowserHeaders() {}

    static void addTo(HeaderMap headers) {
        headers.put(CONTENT_TYPE_OPTIONS, "nosniff").put(RESOURCE_POLICY, "same-origin");
    }
}
