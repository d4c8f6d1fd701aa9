package io.usageexporter.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Explains to users what went wrong with a ledger in PostgreSQL and how to fix it. */
final class PostgresErrors {
    private static final String RESUMES = ", and recording resumes by itself";

    /** Of what was read, but is not as it was written. */
    static final String DATA_CORRUPTED = "XX001";

    private PostgresErrors() {}

    /** @param verb the failed action, as in "cannot be opened" */
    static LedgerException of(PostgresUrl url, String verb, Exception cause) {
        String begin = "ledger " + url + " cannot be " + verb + ": ";
        UncheckedIOException file = find(UncheckedIOException.class, cause);
        if (file != null) {
            return new LedgerException(begin + explainPasswordFile(file.getCause()), cause);
        }
        SQLException failure = find(SQLException.class, deepest(cause));
        if (failure == null) {
            return new LedgerException(begin + oneLine(cause), cause);
        }
        String state = state(failure);
        String message = begin + explain(url, failure, state);
        return state.equals(DATA_CORRUPTED) || state.equals("XX002")
                ? new LedgerException.Damaged(message, cause)
                : new LedgerException(message, cause);
    }

    /** Whether the connection broke, so that it is not known what became of the last statement. */
    static boolean isConnectionLost(SQLException failure) {
        String state = state(failure);
        return state.startsWith("08") || state.startsWith("57P");
    }

    /** Whether others held a lock for longer than the statement was to wait. */
    static boolean isLockTimeout(SQLException failure) {
        return state(failure).equals("55P03");
    }

    /** Whether there is no connection for now, as while the server starts. */
    static boolean mayPass(SQLException failure) {
        Exception deepest = deepest(failure);
        String state = deepest instanceof SQLException said ? state(said) : "";
        return (state.isEmpty() || state.startsWith("08") || state.startsWith("57P") || state.equals("53300"))
                && find(SSLException.class, failure) == null;
    }

    /** What the pool reports has the driver's own report as its cause. */
    private static Exception deepest(Exception failure) {
        Exception deepest = failure;
        while (deepest.getCause() instanceof SQLException cause) {
            deepest = cause;
        }
        return deepest;
    }

    private static String state(SQLException failure) {
        return failure.getSQLState() == null ? "" : failure.getSQLState();
    }

    private static String explain(PostgresUrl url, SQLException failure, String state) {
        String said = " (" + oneLine(failure) + ")";
        return switch (state) {
            case "" -> // of the pool
                "PostgreSQL is slow, and all connections of this exporter are in use; see what it waits for in"
                        + " pg_stat_activity" + said;
            case "08001", "08006", "08003", "08004" -> explainConnection(url, failure, said);
            // The one state of pgbouncer's.
            case "08P01" ->
                "the pooler at " + url.server() + " has no connection; check it, and that PostgreSQL runs behind it"
                        + said;
            case "25006" ->
                "PostgreSQL can only be read, like a standby; give --storage.url the primary, or name all hosts in it"
                        + said;
            case "25P03" ->
                "PostgreSQL ended a transaction in which this exporter did nothing for long; see what stops this process"
                        + RESUMES;
            case "28P01" -> "PostgreSQL refuses the password of the user " + url.user() + "; give another" + said;
            case "28000" ->
                "PostgreSQL refuses the user " + url.user() + "; check the user, and pg_hba.conf on the server" + said;
            case "3D000" ->
                "PostgreSQL has no database " + url.database() + "; create it: CREATE DATABASE " + url.database()
                        + " OWNER " + url.user();
            case "42501" ->
                "the user " + url.user() + " lacks a permission; make it the owner of the database, or grant it" + said;
            case "3F000", "42P01", "42703", "42883" ->
                "its tables are missing or altered; restore a copy, or give --storage.url another database" + said;
            case "53100" -> "the disk of PostgreSQL is full; free some space" + RESUMES;
            case "53200" -> "PostgreSQL is out of memory; give it more, or end other work on it" + RESUMES + said;
            case "53300" ->
                "PostgreSQL takes no more connections; raise its max_connections, or close others" + RESUMES + said;
            case "55P03", "57014" ->
                "PostgreSQL did not finish in time; see in pg_stat_activity what it waits for" + said;
            case "57P01", "57P02", "57P03" -> "PostgreSQL is stopping or starting; wait until it runs" + RESUMES + said;
            case "40001", "40P01" -> "another transaction was in the way; try again" + said;
            case DATA_CORRUPTED, "XX002" -> "PostgreSQL found it damaged; restore a copy" + said;
            default -> oneLine(failure) + " (SQLSTATE " + state + ")";
        };
    }

    private static String explainConnection(PostgresUrl url, SQLException failure, String said) {
        if (find(SSLException.class, failure) != null) {
            return "TLS to " + url.server() + " fails; check sslmode and sslrootcert, and the server's certificate"
                    + said;
        }
        if (find(UnknownHostException.class, failure) != null) {
            return "there is no host " + url.server() + "; check the host in --storage.url";
        }
        if (find(SocketTimeoutException.class, failure) != null) {
            return "PostgreSQL at " + url.server() + " does not answer in time; check that server and network run"
                    + RESUMES;
        }
        String state = state(failure);
        if (state.equals("08004")) {
            return "PostgreSQL at " + url.server() + " refuses the connection" + said;
        }
        return state.equals("08001")
                ? "PostgreSQL at " + url.server() + " cannot be reached; check that it runs, and host and port" + said
                : "the connection to PostgreSQL at " + url.server() + " broke; once it can be reached again, it is"
                        + " replaced" + RESUMES + said;
    }

    private static String explainPasswordFile(@Nullable IOException failure) {
        return "the password file " + (failure == null ? "" : failure.getMessage())
                + " cannot be read by this user; check passwordFile in --storage.url, and the file's owner and mode";
    }

    private static <T> @Nullable T find(Class<T> type, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    private static String oneLine(Exception failure) {
        return String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    }
}
