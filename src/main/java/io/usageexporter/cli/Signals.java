package io.usageexporter.cli;

import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;

/**
 * Runs actions at signals. The JDK has no other home for them than {@code sun.misc.Signal}, which javac cannot be told to
 * accept without a warning; so it is reached by reflection. Its module, jdk.unsupported, exports it for this use.
 */
final class Signals {
    private Signals() {}

    /** @param name such as TERM; the action runs on a thread of its own, each time the signal comes */
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
                    .log(Level.WARNING, "SIG" + name + " does only what the JVM does here", e);
        }
    }
}
