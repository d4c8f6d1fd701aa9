package io.usageexporter.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Captures log entries of any level, as text with the level before it and with exceptions, instead of the console. */
public final class LogCapture extends Handler implements AutoCloseable {
    private final Logger logger;
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final List<String> messages = new CopyOnWriteArrayList<>();

    private volatile boolean broken;

    /** Captures everything that the exporter logs. */
    public LogCapture() {
        this("io.usageexporter");
    }

    /** Captures what one logger logs. */
    public LogCapture(String name) {
        logger = Logger.getLogger(name);
        setLevel(Level.ALL);
        logger.setLevel(Level.ALL);
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    /** From now on, logging throws an exception. */
    public void breakDown() {
        broken = true;
    }

    /** All entries so far. */
    public List<String> messages() {
        return messages;
    }

    /** All warnings and errors so far. */
    public List<String> warnings() {
        return messages.stream()
                .filter(message -> message.startsWith("WARNING") || message.startsWith("SEVERE"))
                .toList();
    }

    @Override
    public void publish(LogRecord entry) {
        if (broken) {
            throw new IllegalStateException("the log is broken");
        }
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
