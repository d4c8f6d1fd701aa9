package io.usageexporter.render;

import io.usageexporter.report.WindowReport;

/** The bounds of a window in a history: its first and last day, or the instants at which an hour or a session begins and ends. */
final class WindowBounds {
    private WindowBounds() {}

    static String from(WindowReport report) {
        var span = report.span();
        return (report.window().isOfDays() ? span.from() : span.startsAt()).toString();
    }

    static String to(WindowReport report) {
        var span = report.span();
        return (report.window().isOfDays() ? span.to() : span.resetsAt()).toString();
    }
}
