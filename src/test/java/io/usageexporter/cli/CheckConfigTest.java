package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

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

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int check(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("usage.yml"), yaml);
        return new CommandLine(new CheckConfigCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(file.toString());
    }

    @Test
    void validFileWithSecretsDoesNotPrintThem() throws Exception {
        Files.writeString(folder.resolve("token"), "apify_api_secret\n");

        assertThat(check(CONFIG)).isEqualTo(ExitStatus.OK);
        assertThat(out.toString())
                .endsWith("usage.yml: valid; providers: apify\n")
                .doesNotContain("apify_api_secret");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void everyErrorIsReportedWithoutSecrets() throws Exception {
        Files.writeString(folder.resolve("token"), "apify_api_secret\napify_api_other\n");

        assertThat(check(CONFIG.replace("reject", "drop"))).isEqualTo(ExitStatus.FAILURE);
        assertThat(err.toString())
                .contains("usage.yml:4: providers.apify.gateway.on_exhausted: must be forward or reject")
                .contains("usage.yml:5: providers.apify.poll.token_file: token must contain one line")
                .doesNotContain("apify_api");
        assertThat(out.toString()).isEmpty();
    }
}
