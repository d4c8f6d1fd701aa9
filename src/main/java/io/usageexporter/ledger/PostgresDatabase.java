package io.usageexporter.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;

/** The tables of a ledger in PostgreSQL. */
final class PostgresDatabase {
    /** In order; the number of applied migrations is the {@code format} in table {@code head}. */
    private static final List<String> MIGRATIONS = List.of("0001_ledger.sql");

    /** The current format. */
    static final int FORMAT = MIGRATIONS.size();

    /** Has multi-row statements and what else is needed since then. */
    private static final int OLDEST_SERVER = 13;

    /** Of the lock under which tables are created and changed; any number that no other program uses. */
    private static final long MIGRATION_LOCK = 0x7573616765L;

    private PostgresDatabase() {}

    /**
     * Creates the tables or brings them to the current format, in one transaction; of several exporters, one does.
     *
     * @param created the state of a new ledger
     * @return the state of the ledger
     */
    static LedgerState migrate(Connection connection, LedgerState created) throws SQLException, LedgerException {
        int server = connection.getMetaData().getDatabaseMajorVersion();
        if (server < OLDEST_SERVER) {
            throw new LedgerException(
                    "PostgreSQL " + server + " is too old for a ledger; use " + OLDEST_SERVER + " or later");
        }
        Sql.execute(connection, "SELECT pg_advisory_xact_lock(" + MIGRATION_LOCK + ")");
        int format = hasTables(connection) ? lockedFormat(connection) : 0;
        requireKnown(format);
        if (format == 0) {
            rejectOthersTables(connection);
        }
        for (String migration : MIGRATIONS.subList(format, FORMAT)) {
            Sql.execute(connection, resource(migration));
        }
        if (format == 0) {
            insertIdentity(connection);
            created.store(connection);
        }
        if (format < FORMAT) {
            Sql.execute(connection, "UPDATE head SET format = " + FORMAT);
        }
        LedgerState state = LedgerState.of(connection);
        connection.commit();
        return state;
    }

    /** Whether there is a ledger. */
    static boolean hasTables(Connection connection) throws SQLException {
        return Sql.number(connection, "SELECT count(to_regclass('head'))") > 0;
    }

    /** Waits for commits of exporters that are running, which would otherwise wait for this one and this for them. */
    private static int lockedFormat(Connection connection) throws SQLException {
        return Sql.integer(connection, "SELECT format FROM head FOR UPDATE");
    }

    static int format(Connection connection) throws SQLException {
        return Sql.integer(connection, "SELECT format FROM head");
    }

    /** @throws LedgerException if a newer version of the exporter has changed the tables */
    static void requireKnown(int format) throws LedgerException {
        if (format > FORMAT) {
            throw new LedgerException("the shared ledger was changed by a newer version of the exporter (its format is "
                    + format + ", this version supports up to " + FORMAT + "); update this exporter");
        }
    }

    private static void rejectOthersTables(Connection connection) throws SQLException, LedgerException {
        if (Sql.number(
                        connection,
                        "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                                + " AND relkind IN ('r', 'p', 'v')")
                > 0) {
            throw new LedgerException.Foreign(
                    "the database has tables of another program; give the ledger a database of its own");
        }
    }

    private static void insertIdentity(Connection connection) throws SQLException {
        var id = new byte[4];
        new SecureRandom().nextBytes(id);
        try (PreparedStatement put = connection.prepareStatement(CheckedRows.upsert("identity"))) {
            CheckedRows.bind(put, 1L, HexFormat.of().formatHex(id));
            put.executeUpdate();
        }
        try (PreparedStatement put = connection.prepareStatement(CheckedRows.upsert("pruning"))) {
            CheckedRows.bind(put, 1L, 0L);
            put.executeUpdate();
        }
    }

    private static String resource(String name) throws SQLException {
        try (InputStream stream = PostgresDatabase.class.getResourceAsStream("postgresql/" + name)) {
            if (stream == null) {
                throw new SQLException("the jar lacks postgresql/" + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SQLException("the jar's postgresql/" + name + " cannot be read", e);
        }
    }
}
