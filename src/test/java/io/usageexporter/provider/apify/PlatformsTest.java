package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.testing.Samples;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformsTest {
    private static final Platforms BUILT_IN = new Platforms(Map.of());

    @ParameterizedTest
    @CsvSource({
        "shu8hvrXbJbY3Eb9W, instagram",
        "nH2AHrwxeTRJoN5hX, instagram",
        "xMc5Ga1oCONPmWJIa, instagram",
        "dSCLg0C3YEZ83HzYX, instagram",
        "reGe1ST3OBgYZSsZJ, instagram",
        "SbK00X0JYCPblD2wp, instagram",
        "GdWCkxBtKWOsKjdch, tiktok",
        "OtzYfK1ndEGdwWFKQ, tiktok",
        "0FXVyOXXEmdGcV88a, tiktok",
        "f1ZeP0K58iwlqG2pY, tiktok",
        "BDec00yAmCm1QbMEI, tiktok",
        "S5h7zRLfKFEr8pdj7, tiktok"
    })
    void knowsWellKnownActors(String id, String platform) {
        assertThat(BUILT_IN.ofId(id)).isEqualTo(platform);
    }

    @ParameterizedTest
    @CsvSource({
        "apify,         instagram-scraper,       instagram",
        "clockworks,    TikTok-scraper,          tiktok",
        "acme,          profile-scraper,         other",
        "instagram-pro, profile-scraper,         other",
        "acme,          instagram-tiktok-search, other"
    })
    void findsThePlatformInTheActorsName(String username, String name, String platform) {
        assertThat(BUILT_IN.of(new Actor(username, name))).isEqualTo(platform);
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme/profile-scraper", "acme~profile-scraper", "Acme/profile-scraper"})
    void findsTheConfiguredPlatformOfAName(String configured) {
        var platforms = new Platforms(Map.of(configured, "linkedin"));

        assertThat(platforms.of(new Actor("acme", "profile-scraper"))).isEqualTo("linkedin");
        assertThat(platforms.of(new Actor("other", "profile-scraper"))).isEqualTo("other");
        assertThat(platforms.ofId("profile-scraper")).isNull();
    }

    @Test
    void configurationOverridesWellKnownActors() {
        var byName = new Platforms(Map.of("apify/instagram-scraper", "competitors"));
        var byId = new Platforms(Map.of("shu8hvrXbJbY3Eb9W", "competitors", "Ac0Own", "own"));

        assertThat(byName.ofId("shu8hvrXbJbY3Eb9W")).isEqualTo("competitors");
        assertThat(byId.ofId("shu8hvrXbJbY3Eb9W")).isEqualTo("competitors");
        assertThat(byId.ofId("Ac0Own")).isEqualTo("own");
        assertThat(byId.ofId("ac0own")).isNull();
        assertThat(byId.ofId("GdWCkxBtKWOsKjdch")).isEqualTo("tiktok");
    }

    @Test
    void readsNamesFromTheApi() throws Exception {
        var json = new ObjectMapper();

        assertThat(Actor.read(json.readTree(Samples.bytes("apify/actor.json"))))
                .isEqualTo(new Actor("apify", "instagram-scraper"))
                .hasToString("apify/instagram-scraper");
        for (String invalid : new String[] {
            "{}",
            "[]",
            "{\"data\": {\"username\": null, \"name\": \"x\"}}",
            "{\"data\": {\"username\": \"a\", \"name\": 5}}",
            "{\"data\": {\"username\": \"a\", \"name\": \"line\\nbreak\"}}"
        }) {
            assertThat(Actor.read(json.readTree(invalid))).isNull();
        }
    }
}
