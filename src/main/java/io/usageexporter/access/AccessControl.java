package io.usageexporter.access;

import io.usageexporter.access.PasswordVerifier.Attempt;
import io.usageexporter.access.Verdict.Allowed;
import io.usageexporter.access.Verdict.Busy;
import io.usageexporter.access.Verdict.Forbidden;
import io.usageexporter.access.Verdict.Unauthenticated;
import io.usageexporter.access.Verdict.Unverified;
import io.usageexporter.config.ApiToken;
import io.usageexporter.config.Scope;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Decides who may do what, by the configurations in force. Thread-safe; nothing here blocks. */
public final class AccessControl implements AutoCloseable {
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";

    /** Under which a session of TLS remembers by what its certificate has been verified. */
    private static final String VERIFIED_BY = "io.usageexporter.verified-by";

    private static final Allowed EVERYONE = new Allowed("");

    private final WebConfigFile web;
    private final Supplier<List<ApiToken>> tokens;
    private final PasswordVerifier passwords = new PasswordVerifier();

    /** @param tokens as configured now */
    public AccessControl(WebConfigFile web, Supplier<List<ApiToken>> tokens) {
        this.web = web;
        this.tokens = tokens;
    }

    /** Whether everyone may do everything, since no way to authenticate is configured. */
    public boolean isOpen() {
        return tokens.get().isEmpty() && !web.get().authenticates();
    }

    /** The context of TLS; null for plain HTTP. */
    public @Nullable SSLContext sslContext() {
        return web.sslContext();
    }

    /** The headers that responses get; an empty value removes one. */
    public Map<String, String> headers() {
        return web.get().headers();
    }

    /** Limits the rate of requests; null without a limit. */
    public @Nullable RateLimiter rateLimiter() {
        return web.get().rateLimiter();
    }

    /** The challenges of a 401 response. */
    public List<String> challenges() {
        var challenges = new ArrayList<String>();
        if (!web.get().users().isEmpty()) {
            challenges.add("Basic realm=\"usage-exporter\", charset=\"UTF-8\"");
        }
        if (challenges.isEmpty() || !tokens.get().isEmpty()) {
            challenges.add("Bearer realm=\"usage-exporter\"");
        }
        return challenges;
    }

    /**
     * Decides about a request. Explicit credentials count before a certificate, which a program may send everywhere.
     *
     * @param needed what the sender must be allowed to do
     */
    public Verdict check(Scope needed, Credentials presented) {
        String authorization = presented.authorization();
        if (presented.token() != null) {
            return checkToken(needed, presented.token());
        }
        if (authorization != null && has(authorization, BEARER)) {
            return checkToken(needed, authorization.substring(BEARER.length()).strip());
        }
        if (authorization != null
                && has(authorization, BASIC)
                && !web.get().users().isEmpty()) {
            return checkPassword(authorization.substring(BASIC.length()).strip());
        }
        return isVerified(presented.session()) ? EVERYONE : new Unauthenticated("this needs " + ways(needed));
    }

    private static boolean has(String authorization, String scheme) {
        return authorization.regionMatches(true, 0, scheme, 0, scheme.length());
    }

    private String ways(Scope needed) {
        WebConfig config = web.get();
        boolean isGateway = needed == Scope.GATEWAY;
        var ways = new ArrayList<String>();
        if (!tokens.get().isEmpty()) {
            ways.add(
                    isGateway
                            ? "an API token, in the header X-Usage-Token or as the path segment /!TOKEN after the"
                                    + " provider"
                            : "an API token, as Authorization: Bearer TOKEN");
        }
        if (!config.users().isEmpty() && !isGateway) {
            ways.add("user and password (basic authentication)");
        }
        if (config.tls() != null && config.tls().verifiesClients()) {
            ways.add("a client certificate");
        }
        return ways.isEmpty() ? "an API token, of which none is configured" : String.join(", or ", ways);
    }

    private Verdict checkToken(Scope needed, String token) {
        String hash = ApiToken.hash(token);
        ApiToken known = null;
        for (ApiToken each : tokens.get()) {
            known = each.isHashedAs(hash) ? each : known; // without an early end, which could be measured
        }
        if (known == null) {
            return new Unauthenticated("there is no such API token");
        }
        if (!known.scopes().contains(needed)) {
            List<String> scopes = known.scopes().stream().map(Scope::label).toList();
            return new Forbidden("the API token " + known.name() + " lacks the scope " + needed.label() + "; it has "
                    + String.join(", ", scopes));
        }
        return known.consumer().isEmpty() ? EVERYONE : new Allowed(known.consumer());
    }

    private Verdict checkPassword(String base64) {
        String decoded;
        try {
            decoded = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return unknownUser();
        }
        int colon = decoded.indexOf(':');
        if (colon < 0) {
            return unknownUser();
        }
        var attempt = new Attempt(decoded.substring(0, colon), decoded.substring(colon + 1));
        return passwords.isRemembered(web.get().users(), attempt) ? EVERYONE : new Unverified(attempt);
    }

    private static Unauthenticated unknownUser() {
        return new Unauthenticated("user or password is wrong");
    }

    /**
     * Verifies a password.
     *
     * @param verdict receives the decision, once, on any thread; must not block
     */
    public void verify(Unverified unverified, Consumer<Verdict> verdict) {
        boolean begun = passwords.verify(
                web.get().users(), unverified.attempt, isRight -> verdict.accept(isRight ? EVERYONE : unknownUser()));
        if (!begun) {
            verdict.accept(new Busy());
        }
    }

    /** Whether a client has a certificate by which it is known, also by what is in force since its connection began. */
    private boolean isVerified(@Nullable SSLSession session) {
        ServerTls tls = web.get().tls();
        if (session == null || tls == null || !tls.verifiesClients()) {
            return false;
        }
        if (session.getValue(VERIFIED_BY) == tls.trust()) {
            return true;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            boolean verified = tls.trust().isVerified(Arrays.copyOf(chain, chain.length, X509Certificate[].class));
            if (verified) {
                session.putValue(VERIFIED_BY, tls.trust());
            }
            return verified;
        } catch (SSLPeerUnverifiedException e) { // it sent none
            return false;
        }
    }

    @Override
    public void close() {
        passwords.close();
    }
}
