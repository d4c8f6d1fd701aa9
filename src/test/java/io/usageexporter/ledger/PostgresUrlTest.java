package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.Driver;

/** What the driver is given for a URL, and what people are shown of it. */
class PostgresUrlTest {
    @TempDir
    Path folder;

    @Test
    void urlIsGivenToTheDriverWithoutItsParameters() throws Exception {
        PostgresUrl url =
                PostgresUrl.of("jdbc:postgresql://db:6432/usage?user=a&password=p%26w+x&sslmode=verify-full", Map.of());

        assertThat(url.forDriver()).isEqualTo("jdbc:postgresql://db:6432/usage");
        assertThat(url.properties())
                .containsOnly(
                        Map.entry("user", "a"), Map.entry("password", "p&w x"), Map.entry("sslmode", "verify-full"));
        assertThat(url.user()).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql:,                           pg.example:6000/metering",
        "jdbc:postgresql:usage,                      pg.example:6000/usage",
        "jdbc:postgresql:///usage,                   pg.example:6000/usage",
        "jdbc:postgresql://db/usage,                 db:6000/usage",
        "jdbc:postgresql://db,                       db:6000/metering",
        "'jdbc:postgresql://one:1,two,[::1]:3/usage','one:1,two:6000,[::1]:3/usage'",
        "jdbc:postgresql://[::1]/us%20age,           [::1]:6000/us+age",
    })
    void environmentFillsTheGaps(String given, String expected) throws Exception {
        PostgresUrl url = PostgresUrl.of(
                given, Map.of("PGHOST", "pg.example", "PGPORT", "6000", "PGDATABASE", "metering", "PGUSER", "me"));

        assertThat(url.forDriver()).isEqualTo("jdbc:postgresql://" + expected);
        assertThat(url.user()).isEqualTo("me");
    }

    @Test
    void withoutEnvironmentDefaultsAreThoseOfPsql() throws Exception {
        String user = System.getProperty("user.name");

        assertThat(PostgresUrl.of("jdbc:postgresql:", Map.of()).forDriver())
                .isEqualTo("jdbc:postgresql://localhost:5432/" + user);
    }

    @Test
    void databaseIsDecodedAsTheDriverDoes() throws Exception {
        PostgresUrl url = PostgresUrl.of("jdbc:postgresql://db/us%20age%2B", Map.of());

        assertThat(url.database()).isEqualTo("us age+");
        assertThat(Driver.parseURL(url.forDriver(), null)).containsEntry("PGDBNAME", "us age+");
    }

    @Test
    void passwordIsThatOfTheFileThenOfTheUrlThenOfTheEnvironment() throws Exception {
        var environment = Map.of("PGPASSWORD", "from environment");
        Path file = Files.writeString(folder.resolve("secret"), "from file\r\n");

        assertThat(PostgresUrl.of("jdbc:postgresql:", Map.of()).password()).isNull();
        assertThat(PostgresUrl.of("jdbc:postgresql:", environment).password()).isEqualTo("from environment");
        assertThat(PostgresUrl.of("jdbc:postgresql:?password=from+URL", environment)
                        .password())
                .isEqualTo("from URL");
        assertThat(PostgresUrl.of("jdbc:postgresql:?passwordFile=" + file, environment)
                        .properties())
                .containsEntry("password", "from file")
                .doesNotContainKey("passwordFile");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/usage?user=a,                        jdbc:postgresql://db/usage?user=a",
        "jdbc:postgresql://db/usage?password=hunter2,              jdbc:postgresql://db/usage?password=***",
        "jdbc:postgresql://db/usage?password=hunter2&user=a,       jdbc:postgresql://db/usage?password=***&user=a",
        "jdbc:postgresql://db/usage?user=a&sslpassword=hunter2,    jdbc:postgresql://db/usage?user=a&sslpassword=***",
        "jdbc:postgresql://a:hunter2@db:5432/usage,                jdbc:postgresql://a:***@db:5432/usage",
        "postgresql://a:hunter2@db/usage?PASSWORD=hunter2,         postgresql://a:***@db/usage?PASSWORD=***",
        "jdbc:postgresql://a:hunt@er2@db/usage,                    jdbc:postgresql://a:***@db/usage",
        "jdbc:postgresql://a:hunt/er2@db/usage,                    jdbc:postgresql://a:***@db/usage",
        "jdbc:postgresql://db/usage?passwordFile=/run/s,           jdbc:postgresql://db/usage?passwordFile=/run/s",
    })
    void passwordsAreNotShown(String given, String shown) {
        assertThat(PostgresUrl.redacted(given)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://db/a/b | --storage.url jdbc:postgresql://db/a/b is not jdbc:postgresql://HOST:PORT/DATABASE?PARAMETERS",
                "jdbc:postgresql://db/a?sslmod=require | --storage.url jdbc:postgresql://db/a?sslmod=require has the parameter sslmod, which is none of PostgreSQL's JDBC driver's",
                "jdbc:postgresql://db/a?password=100% | --storage.url jdbc:postgresql://db/a?password=*** has a % that does not begin a code such as %2B; write %25",
                "jdbc:postgresql://u:pw@db/a | --storage.url jdbc:postgresql://u:***@db/a has a user before the host; write ?user=NAME&passwordFile=FILE behind the database",
            })
    void invalidUrlsAreExplainedWithoutTheirPassword(String url, String message) {
        assertThatThrownBy(() -> PostgresUrl.of(url, Map.of()))
                .isInstanceOf(LedgerException.class)
                .hasMessage(message);
    }

    @Test
    void socketsAreRefused() {
        assertThatThrownBy(() -> PostgresUrl.of("jdbc:postgresql:", Map.of("PGHOST", "/run/postgresql")))
                .hasMessage("PGHOST is a socket's folder, which the exporter cannot use: give a host");
    }
}
