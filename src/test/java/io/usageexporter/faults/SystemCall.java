package io.usageexporter.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A system call of an exporter that matters to a power cut, as strace(1) shows it.
 *
 * @param file the name of the ledger's file that it is about; empty if about none
 * @param at the offset of a write, the new length of a truncation
 * @param data what is written
 * @param responses the number of successful HTTP responses that it sends
 */
record SystemCall(Kind kind, String file, long at, ByteBuffer data, int responses) {
    static final String TRACED = "pwrite64,fsync,fdatasync,ftruncate,unlink,write,writev";

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);
    private static final String OK = hex("HTTP/1.1 200");

    private static final Pattern WRITE =
            Pattern.compile("(\\d+) +pwrite64\\(\\d+<([^>]+)>, \"([^\"]*)\", \\d+, (\\d+).*");
    private static final Pattern TRUNCATE = Pattern.compile("(\\d+) +ftruncate\\(\\d+<([^>]+)>, (\\d+).*");
    private static final Pattern DELETE = Pattern.compile("(\\d+) +unlink\\(\"([^\"]*)\".*");
    private static final Pattern SYNC = Pattern.compile("(\\d+) +f(?:data)?sync\\(\\d+<([^>]+)>(.*)");
    private static final Pattern SYNCED = Pattern.compile("(\\d+) +<\\.\\.\\. f(?:data)?sync resumed>(.*)");

    /** What it does to a file. */
    enum Kind {
        WRITE,
        TRUNCATE,
        DELETE,
        /** The end of a sync that succeeded. */
        SYNC,
        OTHER
    }

    /** The calls on a ledger's files, and those that send responses. */
    static List<SystemCall> read(Path trace) throws IOException {
        var calls = new ArrayList<SystemCall>();
        var syncing = new HashMap<String, String>();
        try (Stream<String> lines = Files.lines(trace)) {
            lines.forEach(line -> {
                SystemCall call = of(line, syncing);
                if (call.responses > 0 || call.file.startsWith("usage.db")) {
                    calls.add(call);
                }
            });
        }
        return calls;
    }

    /** @param syncing the files of syncs that are shown in two lines, by thread */
    private static SystemCall of(String line, Map<String, String> syncing) {
        Matcher write = WRITE.matcher(line);
        if (write.matches()) {
            ByteBuffer data =
                    ByteBuffer.wrap(HexFormat.of().parseHex(write.group(3).replace("\\x", "")));
            return new SystemCall(Kind.WRITE, name(write.group(2)), Long.parseLong(write.group(4)), data, 0);
        }
        Matcher truncate = TRUNCATE.matcher(line);
        if (truncate.matches()) {
            return new SystemCall(Kind.TRUNCATE, name(truncate.group(2)), Long.parseLong(truncate.group(3)), NONE, 0);
        }
        Matcher delete = DELETE.matcher(line);
        if (delete.matches()) {
            return new SystemCall(Kind.DELETE, name(delete.group(2)), 0, NONE, 0);
        }
        Matcher sync = SYNC.matcher(line);
        if (sync.matches()) {
            syncing.put(sync.group(1), name(sync.group(2)));
            return synced(sync.group(1), sync.group(3), syncing);
        }
        Matcher synced = SYNCED.matcher(line);
        return synced.matches()
                ? synced(synced.group(1), synced.group(2), syncing)
                : new SystemCall(Kind.OTHER, "", 0, NONE, line.split(Pattern.quote(OK), -1).length - 1);
    }

    private static SystemCall synced(String thread, String result, Map<String, String> syncing) {
        boolean succeeded = result.matches("\\)? *\\)? += 0");
        return new SystemCall(
                succeeded ? Kind.SYNC : Kind.OTHER, succeeded ? syncing.getOrDefault(thread, "") : "", 0, NONE, 0);
    }

    private static String name(String path) {
        String text = path.startsWith("\\x")
                ? new String(HexFormat.of().parseHex(path.replace("\\x", "")), StandardCharsets.UTF_8)
                : path;
        return text.substring(text.lastIndexOf('/') + 1);
    }

    private static String hex(String text) {
        return HexFormat.of().withPrefix("\\x").formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }
}
