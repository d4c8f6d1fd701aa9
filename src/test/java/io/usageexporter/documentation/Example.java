package io.usageexporter.documentation;

import io.usageexporter.client.UsageClient;
import io.usageexporter.client.UsageRecord;
import io.usageexporter.event.TokenKind;
import java.time.Duration;

class Example {
    public static void main(String[] args) throws Exception {
        try (var client = UsageClient.builder().url("http://localhost:5000").build()) {
            UsageRecord call =
                    UsageRecord.of("anthropic").category("recommendations").model("claude-sonnet-4-5");
            client.record(call.id("msg_02").tokens(TokenKind.INPUT, 1200).tokens(TokenKind.OUTPUT, 800));
            client.record(call.id("msg_03").usage("{\"input_tokens\": 57, \"output_tokens\": 203}"));
            client.record(UsageRecord.of("apify").category("tiktok").amount("compute_units", 0.0125));
            System.out.println(client.flush(Duration.ofSeconds(10)) + " not delivered");
            System.out.println(client.summary().at("/remaining/anthropic/daily/requests") + " requests left");
        }
    }
}
