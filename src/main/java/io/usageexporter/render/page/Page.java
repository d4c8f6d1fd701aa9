package io.usageexporter.render.page;

import io.usageexporter.render.Badge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of the page as text; the template adds only markup.
 *
 * @param notices problems of the exporter itself
 * @param firstSteps a command that records a first event; null once there are events
 * @param cards one per provider and subscription, worst first
 * @param compact whether there are so many cards that their details are collapsed
 * @param generatedAt when the report was generated, for people
 * @param generatedAtIso when the report was generated, in ISO 8601
 */
public record Page(
        Headline headline,
        List<String> notices,
        @Nullable String firstSteps,
        List<Card> cards,
        boolean compact,
        String generatedAt,
        String generatedAtIso) {
    /** Number of days in a chart. */
    public static final int CHART_DAYS = 30;

    /** The heading of what is used today. */
    public static final String TODAY = "today";

    /** The heading of what is used this month. */
    public static final String THIS_MONTH = "this month";

    /**
     * The summary at the top.
     *
     * @param lines the worst quotas
     * @param more leads to the first further quota that is not good; null if there is none
     * @param consumers consumers' own quotas that are not good; null if all are
     */
    public record Headline(
            Badge badge,
            String text,
            List<Line> lines,
            @Nullable Link more,
            @Nullable Line consumers) {
        /** The title of the browser tab. */
        public String title() {
            return badge == Badge.UNLIMITED ? "API usage" : badge.word() + " - API usage";
        }
    }

    /** One quota, or the consumers' own together, in the headline. */
    public record Line(Badge badge, String href, String subject, String text) {}

    /** A link. */
    public record Link(String text, String href) {}

    /**
     * A provider, or a subscription of one.
     *
     * @param icon the icon before the name
     * @param notice such as why it is unknown; null if there is none
     * @param charts empty if there is no history, nor a breakdown
     */
    public record Card(
            String id,
            String icon,
            String name,
            Badge badge,
            @Nullable String notice,
            List<Block> blocks,
            Breakdown breakdown,
            List<Chart> charts,
            List<Legend> legend) {
        /** Whether there is too much in it for one of several cards in a row. */
        public boolean isWide() {
            return blocks.size() > 2 || breakdown.resources().size() > 3;
        }
    }

    /**
     * One window.
     *
     * @param resetsIso null if unknown
     */
    public record Block(
            String title, String resets, @Nullable String resetsIso, List<Row> rows) {}

    /**
     * One resource in a window.
     *
     * @param used usage and limit
     * @param left what remains, or by how much the limit is exceeded; null without a limit or known usage
     * @param percent of the limit; null without a limit or known usage
     * @param gauge null without a limit
     * @param forecast as a sentence; null without a limit or known usage
     * @param runsOut whether the quota is forecast to run out
     */
    public record Row(
            String id,
            String resource,
            Badge badge,
            String used,
            @Nullable String left,
            @Nullable String percent,
            @Nullable Gauge gauge,
            @Nullable String forecast,
            boolean runsOut) {}

    /**
     * A usage bar, in percent of its width.
     *
     * @param fill usage up to the limit
     * @param over usage beyond the limit; null if there is none
     * @param ticks positions of the thresholds
     */
    public record Gauge(String fill, @Nullable String over, List<String> ticks) {}

    /**
     * Usage by category, consumer or model.
     *
     * @param label what the parts are
     * @param tabs the other ways to divide it, and this one; empty if there is only this one
     * @param share the heading of the column of shares
     * @param resources the headings of the other columns, of which each resource has two
     * @param parts the largest ones, or all
     * @param more leads to all of them, or back; null if there are no more
     * @param width from which on the table need not be stacked, in the root's font size
     */
    public record Breakdown(
            String id,
            String label,
            List<Tab> tabs,
            String share,
            List<String> resources,
            List<Part> parts,
            @Nullable Link more,
            int width) {}

    /** No breakdown. */
    static final Breakdown NO_BREAKDOWN = new Breakdown("", "", List.of(), "", List.of(), List.of(), null, 0);

    /** A way to divide usage. */
    public record Tab(String label, String href, boolean current) {}

    /**
     * One part of usage.
     *
     * @param quotas of the consumer, where the part is one
     */
    public record Part(String name, String share, List<OwnQuota> quotas, List<Amounts> amounts) {}

    /** What is used of one resource. */
    public record Amounts(String resource, String today, String thisMonth) {}

    /**
     * A consumer's own quota.
     *
     * @param percent used; null if that is unknown
     * @param text the limit
     */
    public record OwnQuota(Badge badge, @Nullable String percent, String text) {}

    /** The meaning of a chart colour. */
    public record Legend(String css, String category) {}

    /**
     * Recent days of one resource. Horizontal positions are percentages of the width, vertical ones pixels from the
     * top.
     *
     * @param unknownWidth width of the part before the first event
     * @param summary the chart as text
     * @param history link to its numbers
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

    /** Usage of one category on one day. */
    public record Segment(String css, String top, String height) {}

    /**
     * A limit or threshold.
     *
     * @param label empty if it would overlap another
     */
    public record Rule(String css, String top, String labelTop, String label) {}
}
