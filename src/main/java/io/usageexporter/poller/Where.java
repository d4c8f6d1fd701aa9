package io.usageexporter.poller;

/** Says of an exception what and where it was, and not its message, which may repeat what a provider answered. */
final class Where {
    private static final String OURS = Where.class
            .getPackageName()
            .substring(0, Where.class.getPackageName().lastIndexOf('.') + 1);

    private Where() {}

    static String of(Throwable e) {
        String name = e.getClass().getSimpleName();
        for (StackTraceElement element : e.getStackTrace()) {
            if (element.getClassName().startsWith(OURS)) {
                return name + " at " + element;
            }
        }
        return name;
    }
}
