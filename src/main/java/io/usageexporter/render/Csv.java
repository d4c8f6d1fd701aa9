package io.usageexporter.render;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.util.List;
import java.util.regex.Pattern;

/** CSV (RFC 4180) that is safe to open in a spreadsheet. */
final class Csv {
    static final CsvFactory FACTORY = CsvFactory.builder()
            .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    /** Start of a cell that some spreadsheet evaluates: also full-width signs, and after whitespace that some strip. */
    private static final Pattern FORMULA = Pattern.compile(
            "[\\t\\r\\n]|[\\s\\p{Z}\\p{Cf}]*[=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20\\uFE66\\uFE62\\uFE63\\uFE6B]");

    private Csv() {}

    static CsvSchema schema(List<String> columns) {
        return CsvSchema.builder()
                .addColumns(columns, CsvSchema.ColumnType.STRING)
                .setUseHeader(true)
                .setLineSeparator("\r\n")
                .build();
    }

    /** Prefixes text that a spreadsheet would evaluate as a formula with an apostrophe. */
    static String asText(String text) {
        return FORMULA.matcher(text).lookingAt() ? "'" + text : text;
    }
}
