package io.usageexporter.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What a POM declares, its parents included.
 *
 * @param name group and artifact
 * @param dependencies those that a user of the artifact needs, by group and artifact
 * @param licences their names, as the authors write them
 */
public record Pom(String name, Set<String> dependencies, List<String> licences) {

    /**
     * Of an artifact.
     *
     * @param file in a local repository, where the parents are
     */
    public static Pom read(Path file) {
        Element project = parse(file);
        String group = texts(project, "groupId").findFirst().orElseGet(() -> parent(project, "groupId"));
        String artifact = texts(project, "artifactId").findFirst().orElseThrow();
        int depth = group.split("\\.", -1).length + 3; // artifact, version and file
        Path repository = file.resolve("../".repeat(depth)).normalize();
        return new Pom(group + ":" + artifact, dependencies(project), licences(project, repository));
    }

    /**
     * Those of a POM without a parent.
     *
     * @param file anywhere
     */
    public static Set<String> dependencies(Path file) {
        return dependencies(parse(file));
    }

    /** The version in a POM. */
    public static String version(Path file) {
        return texts(parse(file), "version").findFirst().orElseThrow();
    }

    private static Set<String> dependencies(Element project) {
        return Set.copyOf(children(project, "dependencies")
                .flatMap(all -> children(all, "dependency"))
                .filter(each ->
                        texts(each, "scope").allMatch(scope -> scope.equals("compile") || scope.equals("runtime")))
                .filter(each -> texts(each, "optional").noneMatch("true"::equals))
                .map(each -> texts(each, "groupId").findFirst().orElseThrow() + ":"
                        + texts(each, "artifactId").findFirst().orElseThrow())
                .toList());
    }

    private static List<String> licences(Element project, Path repository) {
        List<String> own = children(project, "licenses")
                .flatMap(all -> children(all, "license"))
                .flatMap(each -> texts(each, "name"))
                .toList();
        if (!own.isEmpty() || children(project, "parent").findAny().isEmpty()) {
            return own;
        }
        String artifact = parent(project, "artifactId");
        String version = parent(project, "version");
        return licences(
                parse(repository
                        .resolve(parent(project, "groupId").replace('.', '/'))
                        .resolve(artifact)
                        .resolve(version)
                        .resolve(artifact + "-" + version + ".pom")),
                repository);
    }

    private static String parent(Element project, String name) {
        return children(project, "parent")
                .flatMap(parent -> texts(parent, name))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<String> texts(Element element, String name) {
        return children(element, name).map(child -> child.getTextContent().strip());
    }

    private static Stream<Element> children(Element element, String name) {
        NodeList all = element.getChildNodes();
        return IntStream.range(0, all.getLength())
                .mapToObj(all::item)
                .filter(node -> node instanceof Element && node.getNodeName().equals(name))
                .map(Element.class::cast);
    }

    private static Element parse(Path file) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError(file.toString(), e);
        }
    }
}
