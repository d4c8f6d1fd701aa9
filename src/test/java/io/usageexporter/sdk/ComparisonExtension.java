package io.usageexporter.sdk;

import static java.util.Objects.requireNonNull;

import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For each test two fake providers, one to be called directly and one behind the gateway of an exporter. */
final class ComparisonExtension implements BeforeEachCallback, AfterEachCallback {
    private @Nullable Path folder;
    private @Nullable FakeProvider direct;
    private @Nullable FakeProvider upstream;
    private @Nullable TestExporter exporter;

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("sdk");
        direct = new FakeProvider();
        upstream = new FakeProvider();
        exporter = new TestExporter(
                folder.resolve("usage.db"),
                GatewayConfig.write(folder, upstream.url()),
                new SettableClock("2026-11-24T09:15:30Z"));
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        exporter().close();
        upstream().close();
        direct().close();
        try (Stream<Path> files = Files.walk(folder())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Gives both providers the same responses. */
    void register(Consumer<FakeProvider> responses) {
        responses.accept(direct());
        responses.accept(upstream());
    }

    Path folder() {
        return requireNonNull(folder);
    }

    FakeProvider direct() {
        return requireNonNull(direct);
    }

    FakeProvider upstream() {
        return requireNonNull(upstream);
    }

    TestExporter exporter() {
        return requireNonNull(exporter);
    }

    /** The gateway's URL of a provider, or of a path below it. */
    String gateway(String path) {
        return exporter().http().uri("/gateway/" + path).toString();
    }
}
