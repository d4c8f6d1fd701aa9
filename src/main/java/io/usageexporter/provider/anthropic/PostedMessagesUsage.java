package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.Measure;
import io.usageexporter.provider.PostedUsageFormat;
import java.io.IOException;
import java.util.HashMap;

/** The {@code usage} object of the Messages API, as applications post it. */
final class PostedMessagesUsage implements PostedUsageFormat {
    @Override
    public String discriminator() {
        return UsageParser.UNCACHED_INPUT;
    }

    @Override
    public PostedUsage read(JsonParser parser) throws IOException {
        MessagesUsage posted = new UsageParser(parser, UsageParser.Mode.STRICT).read();
        var amounts = new HashMap<Measure, Amount>();
        posted.byModel("")
                .values()
                .forEach(kinds -> kinds.forEach((kind, count) -> {
                    try {
                        amounts.put(Measure.tokens(kind), Amount.of(count));
                    } catch (InvalidEventException e) {
                        throw new InvalidEventException(
                                "usage: the sum of " + kind.label() + " tokens " + e.getMessage());
                    }
                }));
        amounts.put(Measure.of(Measure.WEB_SEARCHES), Amount.of(posted.webSearches()));
        return new PostedUsage(amounts, posted.terms().pricing());
    }
}
