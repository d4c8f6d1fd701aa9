package io.usageexporter.ledger;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.ledger.LedgerReader.Verification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ledger files that are missing, copied, mixed up, truncated, or another program's. */
class LedgerFileTest extends LedgerTestBase {
    /** More events than SQLite keeps in its log before a checkpoint. */
    private static final int LONG = 40_000;

    private static final int PAGE = 4096;

    @Test
    void closeLeavesASingleCompleteFile() throws Exception {
        append(1000);
        ledger.close();
        assertThat(files(requireNonNull(file.getParent()))).containsExactly("usage.db");
        Path copy = folder.resolve("copy.db");
        Files.copy(file, copy);
        assertThat(events(copy)).isEqualTo(1000);
    }

    @Test
    void readerOfAClosedLedgerCreatesNoFiles() throws Exception {
        append(10);
        ledger.close();
        byte[] before = Files.readAllBytes(file);
        assertThat(verify(file)).isEqualTo(new Verification(10, List.of()));
        assertThat(files(requireNonNull(file.getParent()))).containsExactly("usage.db");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, LONG})
    void copyWithItsLogIsComplete(int events) throws Exception {
        append(events);
        Path copy = copy("copy.db", file, file);
        assertThat(verify(copy)).isEqualTo(new Verification(events, List.of()));
        assertThat(events(copy)).isEqualTo(events);
    }

    /** As a power cut during a checkpoint may leave it. */
    @Test
    void fileWithOnlyTheFirstPageOfACheckpointIsCompleteWithItsLog() throws Exception {
        append(1000);
        Path copy = copy("copy.db", file, file);
        ledger.close();
        byte[] checkpointed = Files.readAllBytes(file);
        try (FileChannel half = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            half.write(ByteBuffer.wrap(checkpointed, 0, PAGE));
        }
        assertThat(verify(copy)).isEqualTo(new Verification(1000, List.of()));
        assertThat(events(copy)).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource({"10, true", "10, false", "40000, true", "40000, false"})
    void rejectsAFileWithoutItsLogAndKeepsIt(int events, boolean empty) throws Exception {
        append(events);
        append(10);
        Path copy = folder.resolve("copy.db");
        Files.copy(file, copy);
        if (empty) {
            Files.createFile(log(copy));
        }
        assertDamaged(copy, "lacks events", "of " + (events + 10), "copy both together");
    }

    @Test
    void rejectsALogWithoutItsFileAndKeepsIt() throws Exception {
        append(10);
        Path copy = folder.resolve("copy.db");
        Files.copy(log(file), log(copy));
        assertThatThrownBy(() -> LedgerAddress.of(copy).open())
                .isInstanceOf(LedgerException.Damaged.class)
                .hasMessageContaining("is missing, but its log");
        assertThat(log(copy)).hasSameBinaryContentAs(log(file));
        assertThat(copy).doesNotExist();
    }

    @Test
    void rejectsALogOlderThanItsFile() throws Exception {
        append(10);
        Path older = copy("older.db", file, file);
        append(10);
        assertDamaged(copy("mixed.db", file, older), "lacks events", "10 of 20");
    }

    @Test
    void rejectsALogNewerThanItsFile() throws Exception {
        append(10);
        Path older = copy("older.db", file, file);
        for (int i = 0; i < 4; i++) {
            append(LONG);
        }
        assertDamaged(copy("mixed.db", older, file), "different times");
    }

    @Test
    void rejectsTheLogOfAnotherLedger() throws Exception {
        append(10);
        Path other = folder.resolve("other.db");
        try (Ledger another = LedgerAddress.of(other).open()) {
            another.probe(NOW);
            assertDamaged(copy("mixed.db", file, other), "");
        }
    }

    @Test
    void rejectsACorruptedLog() throws Exception {
        append(10);
        append(10);
        Path copy = copy("copy.db", file, file);
        flip(log(copy), Files.size(log(copy)) / 3);
        assertDamaged(copy, "lacks events", "damaged");
    }

    @Test
    void rejectsADamagedStructureAndKeepsIt() throws Exception {
        append(1000);
        ledger.close();
        byte[] damaged = Files.readAllBytes(file);
        Arrays.fill(damaged, damaged.length - PAGE, damaged.length, (byte) 0x5a);
        Path copy = Files.write(folder.resolve("copy.db"), damaged);

        assertThatThrownBy(() -> LedgerAddress.of(copy).open())
                .isInstanceOf(LedgerException.Damaged.class)
                .hasMessageContainingAll("ledger " + copy + " is damaged", "restore a copy");
        assertThat(copy).hasBinaryContent(damaged);
    }

    @Test
    void logShrinksOnceAReaderReleasesIt() throws Exception {
        append(10);
        try (Connection reader = connect(file);
                var statement = reader.createStatement()) {
            statement.execute("BEGIN");
            statement.executeQuery("SELECT count(*) FROM event").next();
            for (int i = 0; i < 10; i++) {
                append(LONG);
            }
            assertThat(Files.size(log(file))).isGreaterThan(30 << 20);
            statement.execute("ROLLBACK");
        }
        append(10);
        append(10);
        assertThat(Files.size(log(file))).isLessThan(20 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "WAL"})
    void rejectsAForeignDatabaseWithoutChangingIt(String journal) throws Exception {
        Path other = Files.createDirectory(folder.resolve("other")).resolve("places.db");
        execute(other, "PRAGMA journal_mode = " + journal, "CREATE TABLE bookmarks (url TEXT)");
        assertForeign(other);
        execute(other, "PRAGMA user_version = 3");
        assertForeign(other);
        execute(other, "PRAGMA application_id = 77");
        assertForeign(other);
    }

    @Test
    void rejectsAForeignDatabaseInItsLogWithoutChangingIt() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other")).resolve("places.db");
        try (Connection connection = connect(other);
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE bookmarks (url TEXT)");
            Path copy = Files.createDirectory(folder.resolve("copy")).resolve("places.db");
            Files.copy(other, copy);
            Files.copy(log(other), log(copy));
            assertForeign(copy);
        }
    }

    @Test
    void closeOfADeletedLedgerFails() throws Exception {
        append(10);
        Files.delete(file);
        assertThatThrownBy(() -> ledger.close())
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("moved, replaced or deleted")
                .hasMessageContaining("put back");
    }

    @Test
    void rejectsOtherFilesWithoutChangingThem() throws Exception {
        Path text = folder.resolve("notes.txt");
        String notes = "These are notes, not a database. ".repeat(200);
        Files.writeString(text, notes);
        assertThatThrownBy(() -> LedgerAddress.of(text).open())
                .isInstanceOf(LedgerException.Foreign.class)
                .hasMessageContaining(text.toString())
                .hasMessageContaining("not an SQLite database");
        assertThat(Files.readString(text, StandardCharsets.UTF_8)).isEqualTo(notes);
    }

    @Test
    void readerOfAMissingLedgerFails() {
        Path missing = folder.resolve("none.db");
        assertThatThrownBy(() -> LedgerAddress.of(missing).read())
                .isInstanceOf(LedgerException.Missing.class)
                .hasMessageContaining(missing.toString());
        assertThat(missing).doesNotExist();
    }

    private void assertDamaged(Path copy, String... words) throws Exception {
        byte[] before = Files.readAllBytes(copy);
        assertThatThrownBy(() -> LedgerAddress.of(copy).open())
                .isInstanceOf(LedgerException.Damaged.class)
                .hasMessageContaining(copy.toString())
                .hasMessageContainingAll(words);
        assertThatThrownBy(() -> LedgerAddress.of(copy).read()).isInstanceOf(LedgerException.Damaged.class);
        assertThat(Files.readAllBytes(copy)).isEqualTo(before);
    }

    private static void assertForeign(Path other) throws Exception {
        List<String> files = files(requireNonNull(other.getParent()));
        byte[] before = Files.readAllBytes(other);
        assertThatThrownBy(() -> LedgerAddress.of(other).open())
                .isInstanceOf(LedgerException.Foreign.class)
                .hasMessageContaining(other.toString())
                .hasMessageContaining("not a ledger");
        assertThatThrownBy(() -> LedgerAddress.of(other).read()).isInstanceOf(LedgerException.Foreign.class);
        assertThat(files(requireNonNull(other.getParent()))).isEqualTo(files);
        assertThat(Files.readAllBytes(other)).isEqualTo(before);
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes);
    }

    private static long events(Path copy) throws LedgerException {
        try (Ledger opened = LedgerAddress.of(copy).open()) {
            return opened.lastNumber();
        }
    }

    @Test
    void replacedLedgerIsNotWritten() throws Exception {
        Files.move(file, folder.resolve("moved.db"));
        Files.createFile(file);
        assertThatThrownBy(() -> append(NOW, List.of(event("x", "a", "1"))))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("was moved, replaced or deleted");
        assertThatThrownBy(() -> ledger.probe(NOW)).isInstanceOf(LedgerException.class);
        assertThat(ledger.lastNumber()).isZero();
        Files.move(folder.resolve("moved.db"), file, StandardCopyOption.REPLACE_EXISTING);
        append(NOW, List.of(event("x", "a", "1")));
    }
}
