package io.usageexporter.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentDecoderTest {
    @ParameterizedTest
    @CsvSource({"a~b, a~b", "a%7eb%7E, a~b~", "%2525, %25", "a+b, a+b", "%e4%b8%96, 世", "世%41, 世A", "%ff, \uFFFD"})
    void encodedOctetsAreDecodedAsUtf8(String encoded, String decoded) {
        assertThat(PercentDecoder.decode(encoded)).isEqualTo(decoded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "a%", "%2", "%zz", "%2g", "%-1", "%%41", "%41%", "%１１"})
    void percentSignWithoutTwoHexadecimalDigitsIsMalformed(String encoded) {
        assertThat(PercentDecoder.decode(encoded)).isNull();
    }

    @Property
    void encodedTextIsDecodedToItself(@ForAll String text) {
        String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String encoded = URLEncoder.encode(valid, StandardCharsets.UTF_8).replace("+", "%20");
        assertThat(PercentDecoder.decode(encoded)).isEqualTo(valid);
    }

    @Test
    void segmentKeepsMalformedPercentSigns() {
        assertThat(WireText.ofSegment("100%/%zz%41%")).isEqualTo("100%/%zzA%");
    }

    @Test
    void segmentIsUtf8OrElseLatin1() {
        assertThat(WireText.ofSegment("Gr%C3%BC\u00c3\u009fe")).isEqualTo("Grüße");
        assertThat(WireText.ofSegment("Gr%FC\u00dfe")).isEqualTo("Grüße");
        assertThat(WireText.of("Gr\u00fc\u00dfe")).isEqualTo("Grüße");
    }
}
