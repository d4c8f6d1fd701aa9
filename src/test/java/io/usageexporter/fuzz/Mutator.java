package io.usageexporter.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;

/** Changes valid inputs a little: what is almost right reaches further than noise. */
record Mutator(List<byte[]> seeds, Random random) {
    private static final byte[] SPECIAL =
            "\0\t\n\r \"%'&*+,-./09:;<=>?@AZ[\\]^_`az{|}~\u007f".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

    byte[] next() {
        byte[] input = seed();
        for (int changes = random.nextInt(5); changes >= 0; changes--) {
            input = changed(input);
        }
        return input;
    }

    private byte[] seed() {
        return seeds.get(random.nextInt(seeds.size()));
    }

    /** A part of the input is removed, repeated, or replaced by a part of a seed or by a few bytes. */
    private byte[] changed(byte[] input) {
        int from = random.nextInt(input.length + 1);
        int until = Math.min(input.length, from + random.nextInt(random.nextInt(4) == 0 ? 40 : 3));
        var changed = new ByteArrayOutputStream();
        changed.write(input, 0, from);
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> {
                changed.write(input, from, until - from);
                changed.write(input, from, until - from);
            }
            case 2 -> {
                byte[] other = seed();
                int start = random.nextInt(other.length + 1);
                changed.write(other, start, random.nextInt(other.length - start + 1));
            }
            default -> {
                for (int count = random.nextInt(3); count >= 0; count--) {
                    changed.write(random.nextBoolean() ? random.nextInt() : SPECIAL[random.nextInt(SPECIAL.length)]);
                }
            }
        }
        changed.write(input, until, input.length - until);
        return changed.toByteArray();
    }
}
