package io.usageexporter.report;

/**
 * Whether the exporter's own figures can be trusted.
 *
 * @param ledgerWritable whether the last write succeeded; if not, usage goes unrecorded
 * @param configurationCurrent whether the last attempt to load the configuration succeeded; if not, limits may differ
 *     from the file
 */
public record Health(boolean ledgerWritable, boolean configurationCurrent) {
    /** Everything works. */
    public static final Health GOOD = new Health(true, true);
}
