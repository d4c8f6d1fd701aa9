package io.usageexporter.provider.apify;

import io.usageexporter.config.Secret;
import io.usageexporter.config.TrackingConfig;
import io.usageexporter.config.TrackingConfig.PollConfig;
import io.usageexporter.event.Source;
import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.PollTask;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.PollResult;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.provider.ServiceContext;
import io.usageexporter.provider.Webhook;
import io.usageexporter.provider.Webhook.Reply;
import io.usageexporter.quota.AccountPlan;
import io.usageexporter.quota.ProviderConfig;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tracks Apify's runs under one configuration. */
final class ApifyService implements ProviderService, RunListener {
    private final TrackingConfig tracking;
    private final ProviderHttpClient api;
    private final RunTracker tracker;
    private final ApifyPoller poller;
    private final @Nullable PollLoop loop;

    /** Starts tracking, and polling if configured. */
    ApifyService(ServiceContext context) {
        tracking = context.tracking();
        api = new ProviderHttpClient(tracking.gateway().upstream(), context.clock());
        tracker = RunTracker.start(ApifySettings.of(context.provider().get(), tracking), api, context);
        poller = new ApifyPoller(
                tracker,
                new RunBackfill(tracker, context.recorder(), context.clock()),
                context.provider(),
                context.clock());
        PollConfig poll = tracking.poll();
        loop = poll == null
                ? null
                : PollLoop.start(
                        ApifyIntegration.KIND,
                        poll.interval(),
                        polling(context),
                        context.isInCharge(),
                        context.clock());
    }

    private PollTask polling(ServiceContext context) {
        return () -> {
            try {
                poller.run();
            } finally { // a poll that fails may have read the plan before
                AccountPlan plan = poller.plan();
                if (plan != null) {
                    context.plan().accept(plan);
                }
            }
        };
    }

    @Override
    public void configure(ProviderConfig provider) {
        tracker.configure(ApifySettings.of(provider, tracking));
    }

    @Override
    public int pendingCalls(String consumer) {
        return consumer.isEmpty() ? tracker.pendingRunCount() : 0;
    }

    @Override
    public @Nullable PollResult pollResult() {
        return loop == null ? null : poller.result();
    }

    @Override
    public PollLoop.@Nullable State pollState() {
        return loop == null ? null : loop.state();
    }

    @Override
    public @Nullable Webhook webhook() {
        Secret secret = ((ApifyConfig) tracking.settings()).webhookSecret();
        return secret == null ? null : new Webhook(secret, this::receive);
    }

    private void receive(byte[] body, Consumer<Reply> reply) {
        WebhookPayload payload;
        try {
            payload = WebhookPayload.read(body);
        } catch (WebhookPayload.InvalidException e) {
            reply.accept(new Webhook.Invalid(String.valueOf(e.getMessage())));
            return;
        }
        String runId = payload.runId();
        if (runId == null) {
            reply.accept(new Webhook.Accepted());
            return;
        }
        tracker.announced(
                runId,
                payload.run(),
                Source.WEBHOOK,
                isPersisted -> reply.accept(
                        isPersisted
                                ? new Webhook.Accepted()
                                : new Webhook.Unavailable("the run cannot be tracked now")));
    }

    @Override
    public void onRun(Run run, RunAttribution attribution, @Nullable String authorization) {
        tracker.observed(run, Source.GATEWAY, attribution, authorization);
    }

    @Override
    public void onSyncCallEnded(SyncCall call) {
        tracker.syncCallEnded(call);
    }

    @Override
    public void close() {
        if (loop != null) {
            loop.close();
        }
        tracker.close();
        api.close();
    }
}
