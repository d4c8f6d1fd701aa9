package io.usageexporter.gateway;

import java.io.IOException;

/** A provider sent what HTTP/1.1 does not allow. The message says what, without repeating what was sent. */
final class MalformedResponseException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedResponseException(String what) {
        super("sent " + what);
    }
}
