package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private static final String SEPARATED = "(concat_ws(char(31), %s))";

    private static final int MAX_SHOWN = 200;

    /** The fields of each table, in the order in which they are added to its check values, which must not change. */
    private static final Map<String, String> FIELDS = new LinkedHashMap<>();

    static {
        FIELDS.put("series_total", "provider, category, consumer, model, pricing, measure, amount, since");
        FIELDS.put("day_total", "date, provider, category, consumer, model, pricing, measure, amount");
        FIELDS.put("hour_total", "hour, provider, measure, amount, first, last");
        FIELDS.put(
                "window_total",
                "provider, window, starts_at, date, category, consumer, model, pricing, measure, amount");
        FIELDS.put("source_total", "source, events, undone");
        FIELDS.put("provider", "name, zone, last_event");
        FIELDS.put("label", "provider, dimension, name, since");
        FIELDS.put("counted_windows", "provider, hours, session_length");
        FIELDS.put("long_prompt", "provider, rules");
        FIELDS.put(
                "opening_balance",
                "kind, provider, starts_at, date, category, consumer, model, pricing, measure, amount, first, last");
        FIELDS.put("opening_source", "source, events, undone");
        FIELDS.put("opening_provider", "name, last_event");
        FIELDS.put("pruning", "only, through");
        FIELDS.put("integration_state", "provider, key, value");
        FIELDS.put("identity", "only, id");
        FIELDS.put("name", "code, text");
    }

    private CheckedRows() {}

    /** The names of the tables. */
    static Set<String> tables() {
        return FIELDS.keySet();
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

    /** An expression for the check value of a row of a table, of which some fields may be given as parameters. */
    static String valueOf(String table) {
        return valueOfFields(fields(table));
    }

    /** An expression for the check value of a row with these fields, which may be expressions, too. */
    static String valueOfFields(String fields) {
        return FUNCTION + SEPARATED.formatted(fields);
    }

    /** Gives every row of every table its check value. */
    static void fill(Connection connection) throws SQLException {
        for (String table : FIELDS.keySet()) {
            SqliteDatabase.execute(connection, "UPDATE " + table + " SET check_value = " + valueOf(table));
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
        for (String table : FIELDS.keySet()) {
            String structure = StructureCheck.quick(connection, "'" + table + "'");
            if (structure != null) {
                throw damaged("table " + table + ": " + structure);
            }
            check(connection, table, "1");
        }
    }

    /**
     * Fails where any of these rows is not as it was written.
     *
     * @param where which ones, as a condition with the values as parameters
     */
    static void check(Connection connection, String table, String where, Object... values) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(altered(table) + " AND " + where + " LIMIT 1")) {
            for (int i = 0; i < values.length; i++) {
                select.setObject(i + 1, values[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    throw damaged(description(table, row));
                }
            }
        }
    }

    /** Notes every row that is not as it was written. */
    static void verify(Connection connection, List<String> differences) throws SQLException {
        for (String table : FIELDS.keySet()) {
            try (var statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(altered(table))) {
                while (row.next()) {
                    differences.add(description(table, row));
                }
            }
        }
    }

    private static String altered(String table) {
        return "SELECT concat_ws(' ', " + fields(table) + ") FROM " + table + " WHERE check_value IS NOT "
                + valueOf(table);
    }

    private static String fields(String table) {
        return FIELDS.getOrDefault(table, table);
    }

    private static String description(String table, ResultSet row) throws SQLException {
        String fields = row.getString(1).replaceAll("\\p{Cntrl}", "?");
        return "table " + table + ": row \""
                + (fields.length() > MAX_SHOWN ? fields.substring(0, MAX_SHOWN) + "…" : fields)
                + "\" is not as it was written";
    }

    /** What {@link LedgerErrors} takes for damage. */
    static SQLException damaged(String what) {
        return new SQLException(what, "", SQLiteErrorCode.SQLITE_CORRUPT.code);
    }
}
