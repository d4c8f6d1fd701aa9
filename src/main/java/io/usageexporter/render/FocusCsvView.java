package io.usageexporter.render;

import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;

/**
 * Charges as CSV (RFC 4180) with the columns of FOCUS 1.2. What is null is an empty field. A value that a spreadsheet would
 * evaluate as a formula is prefixed with an apostrophe.
 */
public final class FocusCsvView {
    private FocusCsvView() {}

    /** Writes a header line and one line per row, and leaves the writer open. */
    public static void write(Iterator<FocusRow> rows, Writer out) throws IOException {
        try (CsvGenerator csv = Csv.FACTORY.createGenerator(out)) {
            csv.setSchema(
                    Csv.schema(FocusColumn.ALL.stream().map(FocusColumn::id).toList()));
            while (rows.hasNext()) {
                line(csv, rows.next());
            }
        }
    }

    private static void line(CsvGenerator csv, FocusRow row) throws IOException {
        csv.writeStartArray();
        for (FocusColumn column : FocusColumn.ALL) {
            String text = column.text(row);
            if (text == null) {
                csv.writeNull();
            } else {
                csv.writeString(Csv.asText(text));
            }
        }
        csv.writeEndArray();
    }
}
