package io.usageexporter.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.usageexporter.cli.LogSetup.LogFormat;
import io.usageexporter.cli.LogSetup.LogLevel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** One line per entry, as {@code ts=… level=info logger=Recorder msg="…"} or as JSON of the same fields. */
final class LogFormatter extends Formatter {
    private static final JsonFactory JSON = new JsonFactory();

    private final LogFormat format;

    LogFormatter(LogFormat format) {
        this.format = format;
    }

    @Override
    public String format(LogRecord entry) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("ts", entry.getInstant().truncatedTo(ChronoUnit.MILLIS).toString());
        fields.put("level", LogLevel.nameOf(entry.getLevel()));
        String logger = String.valueOf(entry.getLoggerName());
        fields.put("logger", logger.substring(logger.lastIndexOf('.') + 1));
        fields.put("msg", formatMessage(entry));
        if (entry.getThrown() != null) {
            var trace = new StringWriter();
            entry.getThrown().printStackTrace(new PrintWriter(trace));
            fields.put("err", trace.toString());
        }
        return format == LogFormat.json ? json(fields) : logfmt(fields);
    }

    private static String json(Map<String, String> fields) {
        var line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            for (var field : fields.entrySet()) {
                json.writeStringField(field.getKey(), field.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.append('\n').toString();
    }

    private static String logfmt(Map<String, String> fields) {
        var line = new StringBuilder();
        fields.forEach((key, value) -> {
            line.append(line.length() == 0 ? "" : " ").append(key).append('=');
            line.append(value.matches("[A-Za-z0-9_.:/-]+") ? value : quoted(value));
        });
        return line.append('\n').toString();
    }

    private static String quoted(String value) {
        return '"'
                + value.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t")
                + '"';
    }
}
