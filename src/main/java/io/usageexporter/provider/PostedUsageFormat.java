package io.usageexporter.provider;

import com.fasterxml.jackson.core.JsonParser;
import io.usageexporter.event.Amount;
import io.usageexporter.event.TokenKind;
import java.io.IOException;
import java.util.Map;

/** The usage object of a provider's API, as applications may post it. Stateless. */
public interface PostedUsageFormat {
    /** The field that identifies such an object. */
    String discriminator();

    /**
     * Reads the object that begins at the parser's current token, up to its end.
     *
     * @return tokens by kind, including zeros
     * @throws io.usageexporter.event.InvalidEventException if an amount is invalid; names the field
     */
    Map<TokenKind, Amount> read(JsonParser parser) throws IOException;
}
