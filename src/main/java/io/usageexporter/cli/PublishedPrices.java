package io.usageexporter.cli;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.usageexporter.config.BoundedFile;
import io.usageexporter.event.Measure;
import io.usageexporter.pricing.PublishedPrice;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads public price tables: LiteLLM's, and genai-prices'. */
final class PublishedPrices {
    static final Measure WEB_SEARCHES = Measure.of("web_searches");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final int MAX_KIB = 16 * 1024;

    private PublishedPrices() {}

    /**
     * The prices of a file in either format.
     *
     * @param isWanted by the name of a provider
     * @param today the day in the zone of a provider
     */
    static List<PublishedPrice> read(Path file, Predicate<String> isWanted, Function<String, LocalDate> today)
            throws IOException {
        JsonNode root = JSON.readTree(BoundedFile.read(file, MAX_KIB));
        JsonNode providers = root.isArray() ? root : root.path("providers");
        return providers.isArray() ? GenaiPrices.read(providers, isWanted, today) : LiteLlmPrices.read(root, isWanted);
    }

    static @Nullable BigDecimal number(JsonNode node) {
        return node.isNumber() ? node.decimalValue() : null;
    }
}
