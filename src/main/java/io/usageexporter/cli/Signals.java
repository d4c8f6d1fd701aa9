package io.usageexporter.cli;

import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;

/**
 * Runs actions on signals. The JDK's only API for this is {@code sun.misc.Signal}, whose use javac always warns about, so
 * it is called by reflection. Its module, jdk.unsupported, exports it for this purpose.
 */
final class Signals {
    private Signals() {}

    /** @param name such as TERM; the action runs on a separate thread, each time the signal arrives */
    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            System.getLogger(Signals.class.getName())
                    .log(Level.WARNING, "SIG" + name + " cannot be handled; the JVM's default applies", e);
        }
    }
}
