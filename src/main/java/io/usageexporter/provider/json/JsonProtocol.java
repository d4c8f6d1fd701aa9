package io.usageexporter.provider.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.ProviderProtocol;

/** The calls of a JSON API. */
record JsonProtocol(GatewayContext context) implements ProviderProtocol {
    @Override
    public ExchangeObserver observe(Request request) {
        UsageRules rules = context.settings() instanceof UsageRules known ? known : UsageRules.NONE;
        return new JsonObserver(context, rules, request);
    }

    @Override
    public String error(int status, String message) {
        var error = JsonNodeFactory.instance.objectNode();
        error.putObject("error").put("status", status).put("message", message);
        return error.toString();
    }
}
