package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.ledger.LedgerBackup.Restored;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerBackupTest extends LedgerTestBase {
    private Path backup = Path.of("");

    @BeforeEach
    void setBackup() {
        backup = folder.resolve("backup.db");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void backupIsACompleteLedgerInOneFile(boolean running) throws Exception {
        append(70);
        append(3);
        if (!running) {
            ledger.close();
        }
        assertThat(LedgerBackup.backup(LedgerAddress.of(file), backup)).isEqualTo(73);
        if (running) {
            append(5);
            ledger.close();
        }
        assertThat(filesIn(folder)).containsExactly("backup.db", "data");
        assertThat(filesIn(folder.resolve("data"))).containsExactly("usage.db");
        Mark mark = markOf(backup);
        assertThat(mark.events()).isEqualTo(73);
        assertThat(verify(backup)).isEqualTo(new LedgerReader.Verification(73, List.of()));
        try (Ledger copy = LedgerAddress.of(backup).open()) {
            assertThat(copy.lastNumber()).isEqualTo(73);
            assertThat(copy.find("id 73")).hasSize(1);
        }
    }

    @Test
    void backupOfAKilledExportersLedgerHasWhatIsInItsLog() throws Exception {
        append(10);
        Path killed = copy("killed.db", file, file);
        assertThat(LedgerBackup.backup(LedgerAddress.of(killed), backup)).isEqualTo(10);
        assertThat(verify(backup).differences()).isEmpty();
    }

    @Test
    void existingFileIsNotOverwritten() throws Exception {
        Files.writeString(backup, "mine");
        assertThatThrownBy(() -> LedgerBackup.backup(LedgerAddress.of(file), backup))
                .isInstanceOf(LedgerException.class)
                .hasMessage(backup + " exists already; choose another file, or move that one away");
        assertThat(backup).hasContent("mine");
        assertThat(filesIn(folder)).containsExactly("backup.db", "data");
    }

    @Test
    void backupIntoAMissingFolderNamesIt() {
        Path target = folder.resolve("missing/backup.db");
        assertThatThrownBy(() -> LedgerBackup.backup(LedgerAddress.of(file), target))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(target.toString());
    }

    @Test
    void backupOfADamagedLedgerIsRefused() throws Exception {
        append(10);
        Path damaged = folder.resolve("damaged.db");
        Files.copy(file, damaged); // without its log
        assertThatThrownBy(() -> LedgerBackup.backup(LedgerAddress.of(damaged), backup))
                .isInstanceOf(LedgerException.Damaged.class);
        assertThat(backup).doesNotExist();
    }

    @Test
    void restoreKeepsTheLedgerOfBefore() throws Exception {
        append(10);
        LedgerBackup.backup(LedgerAddress.of(file), backup);
        append(5);
        ledger.close();
        Restored restored = LedgerBackup.restore(backup, LedgerAddress.of(file), NOW);
        assertThat(restored.backup().events()).isEqualTo(10);
        Path previous = Objects.requireNonNull(restored.previous());
        assertThat(previous).hasFileName("usage.db.before-20261124T091500Z");
        assertThat(filesIn(folder.resolve("data")))
                .containsExactly("usage.db", previous.getFileName().toString());
        assertThat(verify(previous).events()).isEqualTo(15);
        assertThat(verify(file).events()).isEqualTo(10);
        open();
        append(1);
        assertThat(ledger.find("id 11")).hasSize(1);
    }

    @Test
    void restoreReplacesADamagedLedgerAndKeepsItsLog() throws Exception {
        append(10);
        LedgerBackup.backup(LedgerAddress.of(file), backup);
        append(5);
        Path killed = copy("killed.db", file, file);
        try (FileChannel channel = FileChannel.open(killed, StandardOpenOption.WRITE)) {
            channel.truncate(5000);
        }
        Restored restored = LedgerBackup.restore(backup, LedgerAddress.of(killed), NOW);
        assertThat(verify(killed).events()).isEqualTo(10);
        assertThat(log(killed)).doesNotExist();
        Path previous = Objects.requireNonNull(restored.previous());
        assertThat(previous).hasSize(5000);
        assertThat(log(previous)).hasSize(Files.size(log(file)));
    }

    @Test
    void restoreWhileAnExporterRunsIsRefused() throws Exception {
        append(10);
        LedgerBackup.backup(LedgerAddress.of(file), backup);
        assertThatThrownBy(() -> LedgerBackup.restore(backup, LedgerAddress.of(file), NOW))
                .isInstanceOf(LedgerException.InUse.class);
        append(1);
        assertThat(verify(file).events()).isEqualTo(11);
    }

    @Test
    void alteredBackupIsNotRestored() throws Exception {
        append(10);
        LedgerBackup.backup(LedgerAddress.of(file), backup);
        ledger.close();
        execute(backup, "UPDATE event SET usage = 'compute_units=7' WHERE number = 4");
        Restored restored = LedgerBackup.restore(backup, LedgerAddress.of(file), NOW);
        assertThat(restored.backup().differences()).anyMatch(line -> line.contains("event 4"));
        assertThat(filesIn(folder.resolve("data"))).containsExactly("usage.db");
        assertThat(verify(file).events()).isEqualTo(10);
    }

    @Test
    void restoreOfAFileThatIsNoLedgerIsRefused() throws Exception {
        ledger.close();
        Files.writeString(backup, "something else");
        assertThatThrownBy(() -> LedgerBackup.restore(backup, LedgerAddress.of(file), NOW))
                .isInstanceOf(LedgerException.Foreign.class);
        assertThat(filesIn(folder.resolve("data"))).containsExactly("usage.db");
    }

    @Test
    void restoreWhereNoLedgerIsCreatesIt() throws Exception {
        append(10);
        LedgerBackup.backup(LedgerAddress.of(file), backup);
        Path other = folder.resolve("other/usage.db");
        assertThat(LedgerBackup.restore(backup, LedgerAddress.of(other), NOW).previous())
                .isNull();
        assertThat(verify(other).events()).isEqualTo(10);
        Path none = folder.resolve("none/usage.db");
        execute(backup, "DELETE FROM event WHERE number = 4");
        LedgerBackup.restore(backup, LedgerAddress.of(none), NOW);
        assertThat(none).doesNotExist();
    }

    private static Mark markOf(Path file) throws Exception {
        try (FileChannel channel = FileChannel.open(file)) {
            return Objects.requireNonNull(Header.read(channel).mark());
        }
    }

    private static Stream<String> filesIn(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList().stream();
        }
    }
}
