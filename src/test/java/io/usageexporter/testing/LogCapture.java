package io.usageexporter.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What the exporter logs at any level, as text with the level before it and with exceptions, instead of on the console. */
public final class LogCapture extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.usageexporter");
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final List<String> messages = new CopyOnWriteArrayList<>();

    public LogCapture() {
        setLevel(Level.ALL);
        logger.setLevel(Level.ALL);
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    /** All entries so far. */
    public List<String> messages() {
        return messages;
    }

    /** The entries of warnings and errors so far. */
    public List<String> warnings() {
        return messages.stream()
                .filter(message -> message.startsWith("WARNING") || message.startsWith("SEVERE"))
                .toList();
    }

    @Override
    public void publish(LogRecord entry) {
        String thrown = entry.getThrown() == null ? "" : " " + formatter.format(entry);
        messages.add(entry.getLevel() + " " + formatter.formatMessage(entry) + thrown);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
        logger.setLevel(null);
    }
}
