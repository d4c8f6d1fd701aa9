package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One sentence for each way in which PostgreSQL fails; {@link PostgresPoolTest} has those of a real server. */
class PostgresErrorsTest {
    private static final String BEGIN = "ledger jdbc:postgresql://db/usage?user=me&password=*** cannot be written: ";

    private PostgresUrl url;

    @BeforeEach
    void parse() throws LedgerException {
        url = PostgresUrl.of("jdbc:postgresql://db/usage?user=me&password=hunter2", Map.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "08P01 | the pooler at db:5432 has no connection; check it, and that PostgreSQL runs behind it (ERROR: said so)",
                "25006 | PostgreSQL can only be read, like a standby; give --storage.url the primary, or name all hosts in it (ERROR: said so)",
                "28000 | PostgreSQL refuses the user me; check the user, and pg_hba.conf on the server (ERROR: said so)",
                "28P01 | PostgreSQL refuses the password of the user me; give another (ERROR: said so)",
                "3D000 | PostgreSQL has no database usage; create it: CREATE DATABASE usage OWNER me",
                "40001 | another transaction was in the way; try again (ERROR: said so)",
                "40P01 | another transaction was in the way; try again (ERROR: said so)",
                "42501 | the user me lacks a permission; make it the owner of the database, or grant it (ERROR: said so)",
                "42P01 | its tables are missing or altered; restore a copy, or give --storage.url another database (ERROR: said so)",
                "53100 | the disk of PostgreSQL is full; free some space, and recording resumes by itself",
                "53200 | PostgreSQL is out of memory; give it more, or end other work on it, and recording resumes by itself (ERROR: said so)",
                "53300 | PostgreSQL takes no more connections; raise its max_connections, or close others, and recording resumes by itself (ERROR: said so)",
                "55P03 | PostgreSQL did not finish in time; see in pg_stat_activity what it waits for (ERROR: said so)",
                "57014 | PostgreSQL did not finish in time; see in pg_stat_activity what it waits for (ERROR: said so)",
                "57P01 | PostgreSQL is stopping or starting; wait until it runs, and recording resumes by itself (ERROR: said so)",
                "57P03 | PostgreSQL is stopping or starting; wait until it runs, and recording resumes by itself (ERROR: said so)",
                "XX001 | PostgreSQL found it damaged; restore a copy (ERROR: said so)",
                "22012 | ERROR: said so (SQLSTATE 22012)",
                "08001 | PostgreSQL at db:5432 cannot be reached; check that it runs, and host and port (ERROR: said so)",
                "08004 | PostgreSQL at db:5432 refuses the connection (ERROR: said so)",
                "08006 | the connection to PostgreSQL at db:5432 broke; once it can be reached again, it is replaced, and recording resumes by itself (ERROR: said so)",
            })
    void stateIsExplained(String state, String explanation) {
        assertThat(explained(new SQLException("ERROR:\n  said so", state))).isEqualTo(explanation);
    }

    @Test
    void causeOfABrokenConnectionIsNamed() {
        assertThat(explained(new SQLException("timed out", "08001", new SocketTimeoutException())))
                .isEqualTo("PostgreSQL at db:5432 does not answer in time; check that server and network run, and"
                        + " recording resumes by itself");
        assertThat(explained(new SQLException("unknown", "08001", new UnknownHostException("db"))))
                .isEqualTo("there is no host db:5432; check the host in --storage.url");
        assertThat(explained(new SQLException("SSL error", "08006", new SSLHandshakeException("untrusted"))))
                .isEqualTo("TLS to db:5432 fails; check sslmode and sslrootcert, and the server's certificate (SSL"
                        + " error)");
    }

    @Test
    void poolReportsWhatTheDriverReported() {
        var refused = new SQLException("refused", "28P01", new ConnectException());

        assertThat(explained(new SQLTransientConnectionException("timed out", "28P01", refused)))
                .isEqualTo("PostgreSQL refuses the password of the user me; give another (refused)");
        assertThat(explained(new SQLTransientConnectionException("timed out (total=6)")))
                .isEqualTo("PostgreSQL is slow, and all connections of this exporter are in use; see what it waits for"
                        + " in pg_stat_activity (timed out (total=6))");
    }

    @Test
    void missingPasswordFileIsNamed() {
        var missing = new UncheckedIOException(new NoSuchFileException("/run/secrets/ledger"));

        assertThat(explained(new SQLTransientConnectionException("timed out", null, missing)))
                .isEqualTo("the password file /run/secrets/ledger cannot be read by this user; check passwordFile in"
                        + " --storage.url, and the file's owner and mode");
    }

    @Test
    void damageIsToldFromOtherFailures() {
        assertThat(PostgresErrors.of(url, "read", new SQLException("invalid page", "XX001")))
                .isInstanceOf(LedgerException.Damaged.class);
        assertThat(PostgresErrors.of(url, "read", new SQLException("full", "53100")))
                .isNotInstanceOf(LedgerException.Damaged.class);
    }

    @Test
    void lostConnectionsAreToldFromRefusals() {
        assertThat(PostgresErrors.isConnectionLost(new SQLException("", "08006", new EOFException())))
                .isTrue();
        assertThat(PostgresErrors.isConnectionLost(new SQLException("", "57P01")))
                .isTrue();
        assertThat(PostgresErrors.isConnectionLost(new SQLException("", "57014")))
                .isFalse();
        assertThat(PostgresErrors.isConnectionLost(new SQLException("", "40001")))
                .isFalse();
        assertThat(PostgresErrors.isConnectionLost(new SQLException("no state")))
                .isFalse();
    }

    private String explained(Exception failure) {
        String message =
                String.valueOf(PostgresErrors.of(url, "written", failure).getMessage());
        assertThat(message).startsWith(BEGIN).doesNotContain("hunter2");
        return message.substring(BEGIN.length());
    }
}
