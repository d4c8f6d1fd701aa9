package io.usageexporter.gateway;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.usageexporter.provider.HttpFields;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Undertow's header fields, as integrations see them. */
record UndertowFields(HeaderMap headers) implements HttpFields {
    @Override
    public @Nullable String first(String name) {
        return headers.getFirst(name);
    }

    @Override
    public void forEach(BiConsumer<String, String> field) {
        for (HeaderValues values : headers) {
            String name = values.getHeaderName().toString();
            values.forEach(value -> field.accept(name, value));
        }
    }
}
