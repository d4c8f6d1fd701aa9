package io.usageexporter.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The instructions of the Dockerfile. */
record Dockerfile(List<Instruction> instructions) {
    static final Path FOLDER = Path.of("src", "main", "docker");

    /**
     * An instruction.
     *
     * @param stage counted from 0
     * @param name in capitals
     * @param arguments everything after the name, on one line
     */
    record Instruction(int stage, String name, String arguments) {}

    static Dockerfile read() throws IOException {
        String text = Files.readString(FOLDER.resolve("Dockerfile"))
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .collect(Collectors.joining("\n"))
                .replaceAll("\\\\\n\\s*", "");
        var found = new ArrayList<Instruction>();
        int stage = -1;
        for (String line : text.lines().toList()) {
            String name = line.substring(0, line.indexOf(' '));
            stage += name.equals("FROM") ? 1 : 0;
            found.add(new Instruction(stage, name, line.substring(name.length() + 1)));
        }
        return new Dockerfile(found);
    }

    List<String> all(String name) {
        return instructions.stream()
                .filter(instruction -> instruction.name().equals(name))
                .map(Instruction::arguments)
                .toList();
    }

    /** The instructions of the last stage, which is the image. */
    List<String> ofTheImage(String name) {
        int last = instructions.get(instructions.size() - 1).stage();
        return instructions.stream()
                .filter(instruction ->
                        instruction.stage() == last && instruction.name().equals(name))
                .map(Instruction::arguments)
                .toList();
    }
}
