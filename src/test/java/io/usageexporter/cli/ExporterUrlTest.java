package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ExporterUrlTest {
    @ParameterizedTest
    @CsvSource({
        "localhost:5000, http://localhost:5000",
        "localhost:5000/, http://localhost:5000",
        "localhost, http://localhost",
        ":5000, http://127.0.0.1:5000",
        "127.0.0.1:5000/prefix/, http://127.0.0.1:5000/prefix",
        "[::1]:5000, http://[::1]:5000",
        "http://localhost:5000//, http://localhost:5000",
        "HTTPS://usage.example/usage-exporter, HTTPS://usage.example/usage-exporter",
        "user:pw@localhost:5000, http://user:pw@localhost:5000"
    })
    void acceptsUrlsInTheFormsOfCurl(String text, String url) {
        assertThat(new ExporterUrl().convert(text)).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "http://",
                "ftp://secret@x",
                "file:///secret",
                "localhost:secret",
                "localhost:65536",
                "http://secret@x y",
                "localhost:5000?secret",
                "localhost:5000#secret"
            })
    void rejectsOtherTextWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> new ExporterUrl().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("localhost:5000 or https://user:password@host/prefix")
                .hasMessageNotContaining("secret");
    }
}
