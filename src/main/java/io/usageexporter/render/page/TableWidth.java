package io.usageexporter.render.page;

import io.usageexporter.render.page.Page.Amounts;
import io.usageexporter.render.page.Page.Part;
import java.util.List;
import java.util.stream.Stream;

/**
 * How wide a table of a breakdown must be, so that it is stacked where there is less room. Estimated, since styles
 * cannot depend on the width of their content; rather too wide than too narrow.
 */
final class TableWidth {
    /** The style sheet has a class for each multiple up to {@link #WIDEST}. */
    private static final int STEP = 6;

    private static final int WIDEST = 96;

    /** More than any card has, so that the table is stacked always. */
    private static final int NEVER = 150;

    private static final double NAME = 7;
    private static final double PADDING = 0.7;
    private static final double FONT_SIZE = 0.9;

    /** Of DejaVu Sans, which is wider than most fonts. */
    private static final double BOLD = 0.73;

    private static final double LETTER = 0.65;
    private static final double POINT = 0.33;

    private TableWidth() {}

    /** The width from which on a table need not be stacked, in the root's font size. */
    static int of(String share, List<String> columns, List<Part> parts) {
        double width = NAME + column(parts.stream().map(Part::share), share, BOLD);
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            List<Amounts> amounts =
                    parts.stream().map(part -> part.amounts().get(column)).toList();
            double pair = column(amounts.stream().map(Amounts::today), Page.TODAY, LETTER)
                    + column(amounts.stream().map(Amounts::thisMonth), Page.THIS_MONTH, LETTER);
            width += Math.max(pair, column(Stream.empty(), columns.get(i), BOLD));
        }
        int rounded = (int) Math.ceil(width / STEP) * STEP;
        return rounded > WIDEST ? NEVER : rounded;
    }

    private static double column(Stream<String> figures, String heading, double letter) {
        double words =
                Stream.of(heading.split(" ")).mapToInt(String::length).max().orElse(0) * letter;
        return Math.max(words, figures.mapToDouble(TableWidth::figure).max().orElse(0)) * FONT_SIZE + PADDING;
    }

    private static double figure(String figure) {
        return figure.chars()
                .mapToDouble(character -> character == ',' || character == '.' ? POINT : LETTER)
                .sum();
    }
}
