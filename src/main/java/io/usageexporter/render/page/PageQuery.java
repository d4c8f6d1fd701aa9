package io.usageexporter.render.page;

/**
 * What a reader of the page asked for.
 *
 * @param by what usage is divided by
 * @param allRows whether tables show all their rows
 */
public record PageQuery(By by, boolean allRows) {
    /** The value of {@code rows} for all. */
    public static final String ALL = "all";

    /** The page without a query. */
    public static final PageQuery DEFAULT = new PageQuery(By.CATEGORY, false);

    /** A link to the page that answers this query, at the element with an id. */
    String link(String id) {
        return "?by=" + by.label() + (allRows ? "&rows=" + ALL : "") + "#" + id;
    }
}
