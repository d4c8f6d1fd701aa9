package io.usageexporter.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalPathTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /                          | /
            ''                         | /
            /v1/messages               | /v1/messages
            /v1/messages/              | /v1/messages
            //v1//messages//           | /v1/messages
            /v1/./messages/.           | /v1/messages
            /v1/x/../messages          | /v1/messages
            /../../v1/messages         | /v1/messages
            /v1/x/%2e%2E/messages      | /v1/messages
            /v1/%6dessages             | /v1/messages
            /v1/%256dessages           | /v1/%256dessages
            /v1\\messages              | /v1/messages
            /v1;a=b/messages;c         | /v1/messages
            /v1/messages#part          | /v1/messages
            /v1/..messages/.x/...      | /v1/..messages/.x/...
            /v2/acts/a%7eb%2fc/runs    | /v2/acts/a~b%2Fc/runs
            /v2/100%/%zz/%             | /v2/100%25/%25zz/%25
            /v2/%%36d                  | /v2/%256d
            /v2/a:b@c                  | /v2/a:b@c
            /v2/\u00c3\u00a4           | /v2/\u00c3\u00a4
            """)
    void equivalentPathsHaveTheSameNormalForm(String path, String normal) {
        assertThat(NormalPath.of(path)).isEqualTo(normal);
    }

    @Test
    void longPathHasANormalForm() {
        String path = "/a".repeat(100_000);
        assertThat(NormalPath.of(path)).isEqualTo(path);
        assertThat(NormalPath.of("/%61".repeat(100_000))).isEqualTo(path);
    }

    @Property
    void normalFormIsItsOwnNormalForm(
            @ForAll @CharRange(from = '!', to = '~') @CharRange(from = '\u0080', to = '\u00ff') String path) {
        String normal = NormalPath.of(path);
        assertThat(NormalPath.of(normal)).isEqualTo(normal);
    }
}
