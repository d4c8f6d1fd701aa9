package io.usageexporter.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.access.Verdict.Allowed;
import io.usageexporter.config.ApiToken;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.config.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Web configurations, and what claims to be a credential. */
public final class AccessFuzz {
    private static final Path WEB_CONFIG = newFile();
    private static final AccessControl ACCESS = access();

    private AccessFuzz() {}

    private static Path newFile() {
        try {
            Path file = Files.createTempFile("web", ".yml");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AccessControl access() {
        try {
            Path users = Files.writeString(
                    newFile(), "basic_auth_users: {u: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi}");
            var token = new ApiToken("t", ApiToken.hash("right"), new TreeSet<>(List.of(Scope.values())), "");
            return new AccessControl(WebConfigFile.open(users), () -> List.of(token));
        } catch (IOException | InvalidConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A configuration, or errors that name the file. */
    public static void webConfig(byte[] input) throws IOException {
        Files.write(WEB_CONFIG, input);
        try {
            WebConfigReader.read(WEB_CONFIG, new ArrayList<>(), warning -> {});
        } catch (InvalidConfigException e) {
            assertThat(String.valueOf(e.getMessage()).lines()).allMatch(line -> line.startsWith(WEB_CONFIG + ":"));
        }
    }

    /** A header {@code Authorization}, which opens nothing. */
    public static void authorization(byte[] input) {
        String header = new String(input, StandardCharsets.ISO_8859_1);
        assertThat(ACCESS.check(Scope.READ, new Credentials(null, header, null)))
                .isNotInstanceOf(Allowed.class);
    }
}
