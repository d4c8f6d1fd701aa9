package io.usageexporter.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes certificates and keys by OpenSSL, in a folder. */
public record Certificates(Path folder) {
    public Certificates {
        RequiredTool.require("openssl", "openssl");
    }

    /** {@code NAME.crt} and {@code NAME.key} of an authority. */
    public Certificates authority(String name) throws IOException, InterruptedException {
        return openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt");
    }

    /** The same of a server or client, issued by an authority. */
    public Certificates issued(String name, String authority, String san) throws IOException, InterruptedException {
        return issued(name, authority, san, "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
    }

    /** The same with a key of another kind. */
    public Certificates issued(String name, String authority, String san, String... kind)
            throws IOException, InterruptedException {
        var request = new ArrayList<>(List.of("req", "-new", "-nodes", "-newkey"));
        request.addAll(List.of(kind));
        request.addAll(List.of(
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=" + san,
                "-keyout",
                name + ".key",
                "-out",
                name + ".csr"));
        openssl(request.toArray(new String[0]));
        return openssl(
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                authority + ".crt",
                "-CAkey",
                authority + ".key",
                "-CAcreateserial",
                "-days",
                "30",
                "-copy_extensions",
                "copy",
                "-out",
                name + ".crt");
    }

    /** Runs OpenSSL. */
    public Certificates openssl(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        ProcessRunner.run(folder, "", command).successful();
        return this;
    }

    public Path path(String file) {
        return folder.resolve(file);
    }
}
