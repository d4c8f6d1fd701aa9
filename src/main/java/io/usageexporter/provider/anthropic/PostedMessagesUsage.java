package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.TokenKind;
import io.usageexporter.provider.PostedUsageFormat;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** The {@code usage} object of the Messages API, as applications post it. */
final class PostedMessagesUsage implements PostedUsageFormat {
    @Override
    public String discriminator() {
        return UsageParser.UNCACHED_INPUT;
    }

    @Override
    public Map<TokenKind, Amount> read(JsonParser parser) throws IOException {
        var amounts = new EnumMap<TokenKind, Amount>(TokenKind.class);
        MessagesUsage posted = new UsageParser(parser, UsageParser.Mode.STRICT).read();
        posted.byModel("")
                .values()
                .forEach(kinds -> kinds.forEach((kind, count) -> {
                    try {
                        amounts.put(kind, Amount.of(count));
                    } catch (InvalidEventException e) {
                        throw new InvalidEventException(
                                "usage: the sum of " + kind.label() + " tokens " + e.getMessage());
                    }
                }));
        return amounts;
    }
}
