package io.usageexporter.cli;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Ends the process at once when a thread dies because memory ran out: requests and a stop would wait for that thread
 * forever, whereas a supervisor can start the process again. Everything acknowledged is on disk. Thread-safe.
 */
final class OutOfMemoryExit implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = System.getLogger(OutOfMemoryExit.class.getName());

    private OutOfMemoryExit() {}

    /** Handles the uncaught exceptions of all threads from now on. */
    static void install() {
        Thread.setDefaultUncaughtExceptionHandler(new OutOfMemoryExit());
    }

    @Override
    public void uncaughtException(Thread thread, Throwable e) {
        try {
            LOG.log(Level.ERROR, "thread " + thread.getName() + " died", e);
        } finally {
            if (e instanceof OutOfMemoryError) {
                Runtime.getRuntime().halt(ExitStatus.FAILURE); // an orderly exit needs memory
            }
        }
    }
}
