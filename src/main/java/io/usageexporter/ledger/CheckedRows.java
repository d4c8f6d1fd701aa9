package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.Function;
import org.sqlite.SQLiteErrorCode;

/**
 * The tables of totals and of what they depend on, in which each row has a check value over all its fields. Events,
 * their ids and undoings have check values of their own.
 */
final class CheckedRows {
    /** The function of SQL for {@link CheckValue#ofRow}, given all fields as one text. */
    private static final String FUNCTION = "check_value_of";

    /** Separates the fields in that text. None contains it. */
    private static final char SEPARATOR = '\u001f';

    private static final int FETCH_ROWS = 1000;

    private static final int MAX_SHOWN = 200;

    /** By name, and in an order in which all of them may be copied. */
    private static final Map<String, Table> TABLES = new LinkedHashMap<>();

    static {
        add("series_total", 6, "provider, category, consumer, model, pricing, measure, amount, since");
        add("day_total", 7, "date, provider, category, consumer, model, pricing, measure, amount");
        add("hour_total", 3, "hour, provider, measure, amount, first, last");
        add(
                "window_total",
                9,
                "provider, \"window\", starts_at, date, category, consumer, model, pricing, measure, amount");
        add("source_total", 1, "source, events, undone");
        add("provider", 1, "name, zone, last_event");
        add("label", 3, "provider, dimension, name, since");
        add("counted_windows", 1, "provider, hours, session_length");
        add("long_prompt", 1, "provider, rules");
        add(
                "opening_balance",
                9,
                "kind, provider, starts_at, date, category, consumer, model, pricing, measure, amount, first, last");
        add("opening_source", 1, "source, events, undone");
        add("opening_provider", 1, "name, last_event");
        add("pruning", 1, "\"only\", through");
        add("integration_state", 2, "provider, key, value");
        add("identity", 1, "\"only\", id");
        add("name", 1, "code, text");
    }

    /**
     * A table.
     *
     * @param fields in the order in which they are added to its check values, which must not change
     * @param keys how many of them, the first, are the key
     */
    private record Table(String name, List<String> fields, int keys) {
        String list() {
            return String.join(", ", fields);
        }
    }

    private static void add(String name, int keys, String fields) {
        TABLES.put(name, new Table(name, List.of(fields.split(", ")), keys));
    }

    private CheckedRows() {}

    /** The names of the tables. */
    static Set<String> tables() {
        return TABLES.keySet();
    }

    /** Lets a connection compute check values. */
    static void addFunction(Connection connection) throws SQLException {
        Function.create(
                connection,
                FUNCTION,
                new Function() {
                    @Override
                    protected void xFunc() throws SQLException {
                        result(CheckValue.ofRow(value_text(0)));
                    }
                },
                1,
                Function.FLAG_DETERMINISTIC);
    }

    /** Inserts a row that {@link #bind} fills, or replaces the one of the same key. */
    static String upsert(String name) {
        Table table = table(name);
        return insert(table) + " ON CONFLICT ("
                + String.join(", ", table.fields().subList(0, table.keys()))
                + ") DO UPDATE SET "
                + Stream.concat(table.fields().stream().skip(table.keys()), Stream.of("check_value"))
                        .map(field -> field + " = excluded." + field)
                        .collect(Collectors.joining(", "));
    }

    /** Inserts a row that {@link #bind} fills, unless there is one of the same key. */
    static String insertIfAbsent(String name) {
        return insert(table(name)) + " ON CONFLICT DO NOTHING";
    }

    /** Inserts a row, given all its fields and its check value. */
    static String insert(String name) {
        return insert(table(name));
    }

    /** Selects all rows, with all their fields and the check value. */
    static String select(String name) {
        return "SELECT " + table(name).list() + ", check_value FROM " + name;
    }

    /**
     * Fails where a row is not as it was written.
     *
     * @param row all its fields and its check value
     */
    static void check(String name, @Nullable Object[] row) throws SQLException {
        @Nullable Object[] fields = Arrays.copyOf(row, row.length - 1);
        if (!(row[fields.length] instanceof Number value) || value.intValue() != CheckValue.ofRow(fields)) {
            throw damaged(description(table(name), joined(fields)));
        }
    }

    private static String joined(@Nullable Object[] fields) {
        return Stream.of(fields)
                .filter(Objects::nonNull)
                .map(String::valueOf)
                .collect(Collectors.joining(String.valueOf(SEPARATOR)));
    }

    private static String insert(Table table) {
        return "INSERT INTO " + table.name() + " (" + table.list() + ", check_value) VALUES (?"
                + ",?".repeat(table.fields().size()) + ")";
    }

    /** Gives every row of every table its check value. */
    static void fill(Connection connection) throws SQLException {
        for (Table table : TABLES.values()) {
            Sql.execute(
                    connection,
                    "UPDATE " + table.name() + " SET check_value = " + FUNCTION + "(" + joined(table) + ")");
        }
    }

    /** Binds all fields of a row, in the order of its columns, and after them its check value. */
    static void bind(PreparedStatement statement, @Nullable Object... fields) throws SQLException {
        for (int i = 0; i < fields.length; i++) {
            statement.setObject(i + 1, fields[i]);
        }
        statement.setInt(fields.length + 1, CheckValue.ofRow(fields));
    }

    /** Fails where the structure of a table is damaged, or any row of any. */
    static void check(Connection connection) throws SQLException {
        for (String table : TABLES.keySet()) {
            String structure = StructureCheck.quick(connection, "'" + table + "'");
            if (structure != null) {
                throw damaged("table " + table + ": " + structure);
            }
            check(connection, table, "1 = 1");
        }
    }

    /**
     * Fails where any of these rows is not as it was written.
     *
     * @param where which ones, as a condition with the values as parameters
     */
    static void check(Connection connection, String table, String where, Object... values) throws SQLException {
        forEachAltered(connection, table(table), where, values, row -> {
            throw damaged(row);
        });
    }

    /** Notes every row that is not as it was written. */
    static void verify(Connection connection, List<String> differences) throws SQLException {
        boolean hasNames = Sql.isSqlite(connection);
        for (Table table : TABLES.values()) {
            if (table.name().equals("name") && !hasNames) {
                continue;
            }
            forEachAltered(connection, table, "1 = 1", new Object[0], differences::add);
        }
    }

    /** What to do with the description of a row. */
    private interface RowAction {
        void accept(String description) throws SQLException;
    }

    private static void forEachAltered(
            Connection connection, Table table, String where, Object[] values, RowAction action) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT " + joined(table) + ", check_value FROM " + table.name() + " WHERE " + where)) {
            for (int i = 0; i < values.length; i++) {
                select.setObject(i + 1, values[i]);
            }
            select.setFetchSize(FETCH_ROWS);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String fields = row.getString(1);
                    int value = row.getInt(2);
                    if (row.wasNull() || value != CheckValue.ofRow(fields)) {
                        action.accept(description(table, fields));
                    }
                }
            }
        }
    }

    /** All fields as one text, since fetching a field costs more than its content. */
    private static String joined(Table table) {
        return "concat_ws('" + SEPARATOR + "', " + table.list() + ")";
    }

    private static Table table(String name) {
        return Objects.requireNonNull(TABLES.get(name), name);
    }

    private static String description(Table table, String joined) {
        String fields = joined.replace(SEPARATOR, ' ').replaceAll("\\p{Cntrl}", "?");
        return "table " + table.name() + ": row \""
                + (fields.length() > MAX_SHOWN ? fields.substring(0, MAX_SHOWN) + "…" : fields)
                + "\" is not as it was written";
    }

    /** What {@link LedgerErrors} and {@link PostgresErrors} take for damage. */
    static SQLException damaged(String what) {
        return new SQLException(what, PostgresErrors.DATA_CORRUPTED, SQLiteErrorCode.SQLITE_CORRUPT.code);
    }
}
