package io.usageexporter.access;

import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real curl, in a folder. */
record Curl(Path folder) {
    Curl {
        RequiredTool.require("curl", "curl");
    }

    /**
     * What came back.
     *
     * @param exit curl's own status; 0 if there was a response
     * @param status of HTTP; 0 without a response
     */
    record Response(int exit, int status, String head, String body) {}

    Response get(String url, String... options) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("curl", "-sS", "-D", "-", "-w", "\n%{http_code}"));
        command.addAll(List.of(options));
        command.add(url);
        ProcessRunner.Result result = ProcessRunner.run(folder, "", command);
        String out = result.out().replace("\r", "");
        int code = out.lastIndexOf('\n');
        String response = out.substring(0, code);
        int body = response.indexOf("\n\n");
        return new Response(
                result.status(),
                Integer.parseInt(out.substring(code + 1).strip()),
                body < 0 ? response : response.substring(0, body),
                body < 0 ? result.err() : response.substring(body + 2));
    }
}
