package io.usageexporter.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A disk that keeps what was synced, and of what was written later any sectors, in any order. */
final class PowerlessDisk {
    private static final int SECTOR = 512;

    private final Map<String, DiskFile> files = new TreeMap<>();

    private static final class DiskFile {
        private byte[] synced = {};
        private final List<SystemCall> later = new ArrayList<>();
    }

    void play(SystemCall call) {
        if (call.file().isEmpty()) {
            return;
        }
        if (call.kind() == SystemCall.Kind.DELETE) {
            files.remove(call.file());
            return;
        }
        DiskFile file = files.computeIfAbsent(call.file(), name -> new DiskFile());
        if (call.kind() == SystemCall.Kind.SYNC) {
            for (SystemCall each : file.later) {
                file.synced = apply(file.synced, each, each.data().remaining());
            }
            file.later.clear();
        } else {
            file.later.add(call);
        }
    }

    /** Leaves its files in a folder, which then contains no others. */
    void cutPower(Random random, Path folder) throws IOException {
        for (String old : List.of("usage.db", "usage.db-wal", "usage.db-shm")) {
            Files.deleteIfExists(folder.resolve(old));
        }
        double kept = random.nextInt(3) / 2.0; // none, any, all
        for (var entry : files.entrySet()) {
            byte[] content = entry.getValue().synced.clone();
            for (SystemCall call : entry.getValue().later) {
                if (random.nextDouble() < kept) {
                    boolean isTorn = kept < 1 && random.nextInt(4) == 0;
                    int length = call.data().remaining();
                    content = apply(content, call, isTorn ? random.nextInt(length / SECTOR + 1) * SECTOR : length);
                }
            }
            if (!entry.getKey().endsWith("-shm")) {
                Files.write(folder.resolve(entry.getKey()), content);
            }
        }
    }

    private static byte[] apply(byte[] content, SystemCall call, int length) {
        int at = Math.toIntExact(call.at());
        if (call.kind() == SystemCall.Kind.TRUNCATE) {
            return Arrays.copyOf(content, at);
        }
        byte[] written = Arrays.copyOf(content, Math.max(content.length, at + length));
        call.data().get(0, written, at, length);
        return written;
    }
}
