package io.usageexporter.config;

import java.util.List;

/** A configuration that cannot be used. One message a fault, each with file, line and key and what is allowed. */
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param faults at least one */
    public InvalidConfigException(List<String> faults) {
        super(String.join("\n", faults));
    }
}
