package io.usageexporter.provider;

import com.fasterxml.jackson.core.JsonParser;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import java.io.IOException;
import java.util.Map;

/** The usage object of a provider's API, as applications may post it. Stateless. */
public interface PostedUsageFormat {
    /** The field that identifies such an object. */
    String discriminator();

    /**
     * Reads the object that begins at the parser's current token, up to its end.
     *
     * @throws io.usageexporter.event.InvalidEventException if an amount is invalid; names the field
     */
    PostedUsage read(JsonParser parser) throws IOException;

    /**
     * What such an object says.
     *
     * @param amounts may include zeros
     */
    record PostedUsage(Map<Measure, Amount> amounts, Pricing pricing) {}
}
