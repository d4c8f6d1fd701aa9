package io.usageexporter.report;

/**
 * Whether the exporter's own figures can be trusted.
 *
 * @param ledgerWritable whether the last write succeeded; when not, use goes unrecorded
 * @param configurationCurrent whether the configuration was read without fault when last tried; when not, the limits
 *     may be others than those in the file
 */
public record Health(boolean ledgerWritable, boolean configurationCurrent) {
    /** Nothing is wrong. */
    public static final Health GOOD = new Health(true, true);
}
