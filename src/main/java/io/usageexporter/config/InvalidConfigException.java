package io.usageexporter.config;

import java.util.List;

/** An invalid configuration. One line per error, each with file, line, key and what is allowed. */
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param errors at least one */
    public InvalidConfigException(List<String> errors) {
        super(String.join("\n", errors));
    }
}
