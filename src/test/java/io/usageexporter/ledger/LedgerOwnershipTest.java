package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerOwnershipTest extends LedgerTestBase {
    @Test
    void secondOwnerFailsWithInUse() {
        assertThatThrownBy(() -> LedgerAddress.of(file).open())
                .isInstanceOf(LedgerException.InUse.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(
                        "in use by process " + ProcessHandle.current().pid());
    }

    @Test
    void secondOwnerThroughALinkFailsWithInUse() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), file);
        assertThatThrownBy(() -> LedgerAddress.of(link).open()).isInstanceOf(LedgerException.InUse.class);
    }

    @Test
    void rejectedOwnerDoesNotReleaseTheLedger() throws Exception {
        assertThatThrownBy(() -> LedgerAddress.of(file).open()).isInstanceOf(LedgerException.InUse.class);
        assertThatThrownBy(() -> LedgerAddress.of(file).open()).isInstanceOf(LedgerException.InUse.class);
        append(NOW, List.of(event("x", "a", "1")));
        assertThat(number("x")).isEqualTo(1);
    }

    @Test
    void danglingLinkLeadsToTheSameLedger() throws Exception {
        Path target = folder.resolve("target.db");
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), target);
        try (Ledger byLink = LedgerAddress.of(link).open()) {
            assertThatThrownBy(() -> LedgerAddress.of(target).open()).isInstanceOf(LedgerException.InUse.class);
            assertThatThrownBy(() -> LedgerAddress.of(link).open()).isInstanceOf(LedgerException.InUse.class);
            assertThat(byLink.lastNumber()).isZero();
        }
    }

    @Test
    void hardLinkLeadsToTheSameLedger() throws Exception {
        Path link = Files.createLink(folder.resolve("link.db"), file);
        assertThatThrownBy(() -> LedgerAddress.of(link).open()).isInstanceOf(LedgerException.InUse.class);
    }
}
