package io.usageexporter;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Dependencies between packages, which follow the flow of data, and of packages on libraries. */
@AnalyzeClasses(packages = "io.usageexporter", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "io.usageexporter";

    @ArchTest
    static final ArchRule EVENT = mayImport("event");

    @ArchTest
    static final ArchRule WINDOW = mayImport("window");

    @ArchTest
    static final ArchRule TOTALS = mayImport("totals", "event", "window", "pricing");

    @ArchTest
    static final ArchRule LEDGER = mayImport("ledger", "event", "window", "pricing", "totals");

    @ArchTest
    static final ArchRule QUOTA = mayImport("quota", "event", "window", "totals");

    @ArchTest
    static final ArchRule PRICING = mayImport("pricing", "event");

    @ArchTest
    static final ArchRule FORWARDED = mayImport("forwarded");

    @ArchTest
    static final ArchRule CONFIG = mayImport("config", "event", "window", "pricing", "quota", "forwarded");

    @ArchTest
    static final ArchRule ACCESS = mayImport("access", "config", "httpclient");

    @ArchTest
    static final ArchRule RECORDING = mayImport("recording", "event", "window", "ledger", "pricing", "totals", "quota");

    @ArchTest
    static final ArchRule HTTP_CLIENT = mayImport("httpclient");

    @ArchTest
    static final ArchRule POLLING = mayImport("polling", "httpclient", "outgoing");

    @ArchTest
    static final ArchRule OUTGOING = mayImport("outgoing", "forwarded");

    @ArchTest
    static final ArchRule PROVIDER =
            mayImport("provider", "event", "window", "quota", "config", "recording", "httpclient", "polling");

    @ArchTest
    static final ArchRule INGEST = mayImport("ingest", "event", "quota", "provider");

    @ArchTest
    static final ArchRule GATEWAY =
            mayImport("gateway", "event", "window", "quota", "config", "provider", "recording", "outgoing");

    @ArchTest
    static final ArchRule REPORT =
            mayImport("report", "event", "window", "totals", "pricing", "quota", "config", "ledger", "provider");

    @ArchTest
    static final ArchRule RENDER =
            mayImport("render", "event", "window", "totals", "pricing", "quota", "provider", "report");

    @ArchTest
    static final ArchRule METRICS =
            mayImport("metrics", "event", "window", "totals", "quota", "provider", "recording", "gateway", "report");

    @ArchTest
    static final ArchRule HTTP = mayImport(
            "http",
            "event",
            "window",
            "quota",
            "forwarded",
            "config",
            "access",
            "ingest",
            "provider",
            "recording",
            "gateway",
            "report",
            "render",
            "metrics");

    /** Only the root, which registers it, depends on the package of a provider. */
    @ArchTest
    static void eachProviderIsOneRoom(JavaClasses classes) {
        Set<String> rooms = classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT + ".provider.") && !name.equals(ROOT + ".provider.wire"))
                .collect(Collectors.toSet());
        assertThat(rooms).isNotEmpty();
        for (String room : rooms) {
            noClasses()
                    .that()
                    .resideOutsideOfPackages(room, ROOT)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(room)
                    .check(classes);
        }
    }

    @ArchTest
    static final ArchRule CLIENT = mayImport("client", "event", "httpclient");

    @ArchTest
    static final ArchRule DEMO = mayImport("demo", "client", "event");

    @ArchTest
    static final ArchRule ONLY_COMMANDS_AND_THE_DEMO_ARE_CLIENTS = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".client..", ROOT + ".cli..", ROOT + ".demo..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".client..");

    @ArchTest
    static final ArchRule CLI_KNOWS_NO_HANDLERS = noClasses()
            .that()
            .resideInAPackage(ROOT + ".cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".http..");

    @ArchTest
    static final ArchRule EVENTS_WINDOWS_PROXIES_AND_THE_HTTP_CLIENT_NEED_ONLY_THE_JDK = classes()
            .that()
            .resideInAnyPackage(ROOT + ".event..", ROOT + ".window..", ROOT + ".forwarded..", ROOT + ".httpclient..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".event..",
                    ROOT + ".window..",
                    ROOT + ".forwarded..",
                    ROOT + ".httpclient..",
                    "java..",
                    "javax.net.ssl..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule CLIENTS_NEED_ONLY_JACKSON = classes()
            .that()
            .resideInAPackage(ROOT + ".client..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".client..",
                    ROOT + ".event..",
                    ROOT + ".httpclient..",
                    "java..",
                    "org.jspecify..",
                    "com.fasterxml.jackson.core..",
                    "com.fasterxml.jackson.databind..");

    @ArchTest
    static final ArchRule UNDERTOW_STAYS_IN_HTTP_AND_THE_GATEWAY = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".http..", ROOT + ".gateway..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.undertow..", "org.xnio..");

    @ArchTest
    static final ArchRule SQL_STAYS_IN_THE_LEDGER =
            only("ledger").reach("java.sql..", "org.sqlite..", "org.postgresql..", "com.zaxxer.hikari..");

    @ArchTest
    static final ArchRule METERS_STAY_IN_METRICS = only("metrics").reach("io.micrometer..", "io.prometheus..");

    @ArchTest
    static final ArchRule TEMPLATES_STAY_IN_RENDER = only("render").reach("gg.jte..");

    @ArchTest
    static final ArchRule CSV_STAYS_IN_RENDER = only("render").reach("com.fasterxml.jackson.dataformat.csv..");

    @ArchTest
    static final ArchRule YAML_STAYS_IN_CONFIG = only("config").reach("com.fasterxml.jackson.dataformat.yaml..");

    @ArchTest
    static final ArchRule BCRYPT_STAYS_IN_ACCESS = only("access").reach("at.favre.lib..");

    @ArchTest
    static final ArchRule PICOCLI_STAYS_IN_CLI = only("cli").reach("picocli..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    private static ArchRule mayImport(String name, String... others) {
        List<String> allowed = new ArrayList<>(List.of(ROOT + "." + name + ".."));
        for (String other : others) {
            allowed.add(ROOT + "." + other + "..");
        }
        return noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed.toArray(new String[0])))));
    }

    private record Room(String name) {
        /** The root, which wires everything, may use all libraries. */
        ArchRule reach(String... libraries) {
            return noClasses()
                    .that()
                    .resideOutsideOfPackages(ROOT + "." + name + "..", ROOT)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(libraries);
        }
    }

    private static Room only(String name) {
        return new Room(name);
    }
}
