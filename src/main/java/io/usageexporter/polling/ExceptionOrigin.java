package io.usageexporter.polling;

/** The type and origin of an exception, without its message, which may repeat a provider's response. */
final class ExceptionOrigin {
    private static final String OURS = ExceptionOrigin.class
            .getPackageName()
            .substring(0, ExceptionOrigin.class.getPackageName().lastIndexOf('.') + 1);

    private ExceptionOrigin() {}

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
