package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckConfigTest {
    private static final String CONFIG = """
            providers:
              apify:
                limits: {monthly: {compute_units: auto}}
                gateway: {on_exhausted: reject}
                poll: {token_file: token}
            """;

    @TempDir
    Path folder;

    private CommandResult check(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("usage.yml"), yaml);
        return CommandResult.of(Map.of(), "check-config", file.toString());
    }

    @Test
    void validFileWithSecretsDoesNotPrintThem() throws Exception {
        Files.writeString(folder.resolve("token"), "apify_api_secret\n");

        CommandResult result = check(CONFIG);

        assertThat(result.status()).isEqualTo(ExitStatus.OK);
        assertThat(result.out())
                .endsWith("usage.yml: valid; providers: apify\n")
                .doesNotContain("apify_api_secret");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void everyErrorIsReportedWithoutSecrets() throws Exception {
        Files.writeString(folder.resolve("token"), "apify_api_secret\napify_api_other\n");

        CommandResult result = check(CONFIG.replace("reject", "drop"));

        assertThat(result.status()).isEqualTo(ExitStatus.FAILURE);
        assertThat(result.err())
                .contains("usage.yml:4: providers.apify.gateway.on_exhausted: must be forward or reject")
                .contains("usage.yml:5: providers.apify.poll.token_file: token must contain one line")
                .doesNotContain("apify_api");
        assertThat(result.out()).isEmpty();
    }
}
