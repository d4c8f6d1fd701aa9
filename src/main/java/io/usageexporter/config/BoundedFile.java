package io.usageexporter.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads text files that may turn out to be anything, such as a device without an end. */
public final class BoundedFile {
    private static final int KIB = 1024;

    private BoundedFile() {}

    /**
     * Reads a file in UTF-8.
     *
     * @throws FileSystemException if it is larger than allowed
     * @throws java.nio.charset.CharacterCodingException if it is not UTF-8
     */
    public static String read(Path file, int maxKib) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] bytes = stream.readNBytes(maxKib * KIB + 1);
            if (bytes.length > maxKib * KIB) {
                throw new FileSystemException(file.toString(), null, "it is larger than " + maxKib + " KiB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }
}
