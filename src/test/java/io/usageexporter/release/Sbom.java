package io.usageexporter.release;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageexporter.testing.ClassPathJar;
import io.usageexporter.testing.NodePackages;
import io.usageexporter.testing.ProcessRunner.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The software bill of materials in the jar: a CycloneDX document of the libraries, from their files and POMs. */
final class Sbom {
    static final String NAME = "META-INF/sbom/usage-exporter.cdx.json";
    static final Path FILE = Path.of("src/main/resources", NAME);

    private static final NodePackages VALIDATOR = new NodePackages(
            Path.of("target", "cyclonedx").toAbsolutePath(),
            Map.of(
                    "@cyclonedx/cyclonedx-library",
                    "10.3.0",
                    "ajv",
                    "8.20.0",
                    "ajv-formats",
                    "3.0.1",
                    "ajv-formats-draft2019",
                    "1.6.1"));
    private static final String VALIDATE = """
            import {Spec, Validation} from '@cyclonedx/cyclonedx-library';
            import {readFileSync} from 'node:fs';
            const json = readFileSync(process.argv[1], 'utf8');
            const errors = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(json);
            console.log(errors ? errors.map(e => e.instancePath + ' ' + e.message).join('\\n') : 'valid');
            """;

    private Sbom() {}

    /** The document for libraries. */
    static String of(String version, List<ClassPathJar> shipped) throws IOException, NoSuchAlgorithmException {
        var libraries = new TreeMap<String, ClassPathJar>();
        shipped.forEach(library -> libraries.put(library.pom().name(), library));
        ObjectNode sbom = new ObjectMapper().createObjectNode();
        sbom.put("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
                .put("bomFormat", "CycloneDX")
                .put("specVersion", "1.6")
                .put("version", 1);
        component(
                sbom.putObject("metadata").putObject("component"),
                "application",
                "io.usageexporter:usage-exporter",
                version,
                "Apache-2.0");
        ArrayNode components = sbom.putArray("components");
        ArrayNode dependencies = sbom.putArray("dependencies");
        for (ClassPathJar library : libraries.values()) {
            ObjectNode component = components.addObject();
            component(component, "library", library.pom().name(), library.version(), licence(library));
            component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", sha256(library.file()));
            ArrayNode uses = dependencies
                    .addObject()
                    .put("ref", url(library.pom().name(), library.version()))
                    .putArray("dependsOn");
            libraries.forEach((name, used) -> {
                if (library.pom().dependencies().contains(name)) {
                    uses.add(url(name, used.version()));
                }
            });
        }
        return sbom.toPrettyString() + "\n";
    }

    private static void component(ObjectNode component, String type, String name, String version, String licence) {
        String[] parts = name.split(":", 2);
        component
                .put("type", type)
                .put("bom-ref", url(name, version))
                .put("group", parts[0])
                .put("name", parts[1])
                .put("version", version)
                .put("purl", url(name, version));
        component.putArray("licenses").addObject().putObject("license").put("id", licence);
    }

    private static String url(String name, String version) {
        return "pkg:maven/" + name.replace(':', '/') + "@" + version + "?type=jar";
    }

    /** The SPDX identifier of the first licence that the authors declare, who name it in many ways. */
    private static String licence(ClassPathJar library) {
        String name = library.pom().licences().get(0);
        return name.contains("Apache") ? "Apache-2.0" : name.contains("CC0") ? "CC0-1.0" : name;
    }

    private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    /** "valid", or what CycloneDX's own library finds wrong in a document. */
    static String validate(Path file) throws IOException, InterruptedException {
        VALIDATOR.install();
        Result result = VALIDATOR.run(List.of(
                "--input-type=module",
                "--eval",
                VALIDATE,
                "--",
                file.toAbsolutePath().toString()));
        return (result.out() + result.err()).strip();
    }
}
