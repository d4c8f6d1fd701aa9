package io.usageexporter.render;

import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;

/**
 * Events as CSV (RFC 4180), one a line, with a column for each measure. A name that a spreadsheet would evaluate as a
 * formula is prefixed with an apostrophe.
 */
public final class EventCsvView implements AutoCloseable {
    private static final List<String> COLUMNS =
            List.of("id", "at", "provider", "category", "consumer", "model", "pricing", "recorded_at", "source");

    /** Without it Excel assumes the legacy encoding of the locale. */
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final CsvGenerator csv;
    private final List<Measure> measures;

    /**
     * Writes the header line.
     *
     * @param out stays open
     * @param measures everything that events may have counted
     */
    public EventCsvView(Writer out, Collection<Measure> measures) throws IOException {
        this.measures = List.copyOf(measures);
        var columns = new ArrayList<>(COLUMNS);
        this.measures.forEach(measure -> columns.add(measure.toString()));
        out.write(BYTE_ORDER_MARK);
        csv = Csv.FACTORY.createGenerator(out);
        csv.setSchema(Csv.schema(columns));
    }

    /**
     * Writes an event.
     *
     * @param exported the event as it may be posted
     */
    public void write(RecordedEvent recorded, UsageEvent exported) throws IOException {
        var amounts = new HashMap<Measure, Amount>();
        exported.usage().forEach(amounts::put);
        Instant at = recorded.at();
        csv.writeStartArray();
        for (String text : List.of(
                exported.id() == null ? "" : exported.id(),
                at.toString(),
                exported.provider(),
                exported.category(),
                exported.consumer(),
                exported.model(),
                exported.pricing().text(),
                recorded.received().toString(),
                recorded.source().label())) {
            csv.writeString(Csv.asText(text));
        }
        for (Measure measure : measures) {
            Amount amount = amounts.get(measure);
            csv.writeString(amount == null ? "" : amount.toString());
        }
        csv.writeEndArray();
    }

    /** Passes on what was written so far. */
    public void flush() throws IOException {
        csv.flush();
    }

    @Override
    public void close() throws IOException {
        csv.close();
    }
}
