package io.usageexporter.render.page;

import io.usageexporter.render.Badge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows, as text; the template adds nothing but the form.
 *
 * @param notices what is wrong with the exporter itself
 * @param firstSteps a command that records the first event; null once there are events
 * @param cards a provider each, the worst first
 * @param compact whether there are so many that what a card says in detail is folded away
 * @param madeAt when this was true, for people
 * @param madeAtIso the same, for programs
 */
public record Page(
        Headline headline,
        List<String> notices,
        @Nullable String firstSteps,
        List<Card> cards,
        boolean compact,
        String madeAt,
        String madeAtIso) {
    /** How many days a chart shows. */
    public static final int CHART_DAYS = 30;

    /**
     * What to see in ten seconds.
     *
     * @param lines the worst quotas
     * @param more how many others are not good
     * @param next the card of the first of these; empty when there is none
     */
    public record Headline(Badge mark, String text, List<Line> lines, int more, String next) {
        /** For the tab of a browser. */
        public String title() {
            return mark == Badge.UNLIMITED ? "API usage" : mark.word() + " - API usage";
        }
    }

    /** One quota in the headline. */
    public record Line(Badge mark, String card, String subject, String text) {}

    /**
     * A provider.
     *
     * @param icon the symbol before the name
     * @param notice why it is unknown, or null
     */
    public record Card(
            String id,
            String icon,
            String name,
            Badge mark,
            @Nullable String notice,
            List<Block> blocks,
            Breakdown breakdown,
            List<Chart> charts,
            List<Legend> legend) {}

    /** One window of a provider. */
    public record Block(String title, String resets, String resetsIso, List<Row> rows) {}

    /**
     * One resource in a window.
     *
     * @param used with the limit
     * @param left what remains, or by how much the limit is exceeded; null where there is no limit or nothing is known
     * @param percent likewise
     * @param gauge null where there is no limit
     * @param outlook what is foreseen; null where there is no limit or nothing is known
     * @param runsOut whether that is bad news
     */
    public record Row(
            String id,
            String resource,
            Badge mark,
            String used,
            @Nullable String left,
            @Nullable String percent,
            @Nullable Gauge gauge,
            @Nullable String outlook,
            boolean runsOut) {}

    /**
     * A bar of what is used, in percent of its width.
     *
     * @param fill what is used, up to the limit
     * @param over what is used beyond the limit; null when nothing is
     * @param ticks where the thresholds are
     */
    public record Gauge(String fill, @Nullable String over, List<String> ticks) {}

    /**
     * Who uses it.
     *
     * @param label what the categories are
     * @param columns the heads of the numbers
     * @param top the largest
     * @param rest the others
     */
    public record Breakdown(String label, List<String> columns, List<Part> top, List<Part> rest) {}

    /** What one category uses. */
    public record Part(String category, List<String> numbers) {}

    /** What a colour of the charts means. */
    public record Legend(String css, String category) {}

    /**
     * The last days of one resource. Horizontal measures are percentages of the width, vertical ones pixels from the
     * top.
     *
     * @param unknownWidth how much of the left is before the first event
     * @param summary the chart in words
     * @param history where its numbers are
     */
    public record Chart(
            String title,
            String summary,
            String history,
            String unknownWidth,
            List<Bar> bars,
            List<Rule> rules,
            List<String> dates) {}

    /** One day. */
    public record Bar(String left, String width, String title, List<Segment> segments) {}

    /** What one category used on a day. */
    public record Segment(String css, String top, String height) {}

    /**
     * A limit or threshold.
     *
     * @param label empty where it would touch another
     */
    public record Rule(String css, String top, String labelTop, String label) {}
}
