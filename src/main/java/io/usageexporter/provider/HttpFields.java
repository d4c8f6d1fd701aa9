package io.usageexporter.provider;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The header fields of a message (RFC 9110, section 6.3). Names are compared without regard to case. */
public interface HttpFields {
    /** The first value of a field; null where there is none. */
    @Nullable
    String first(String name);

    /** Passes on every name and value. */
    void forEach(BiConsumer<String, String> field);
}
