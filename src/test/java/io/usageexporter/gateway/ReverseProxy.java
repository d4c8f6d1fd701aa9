package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.Documentation;
import io.usageexporter.testing.RequiredTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A reverse proxy as the documentation configures it, with TLS and a path prefix. */
enum ReverseProxy {
    NGINX("nginx-light", """
            daemon off;
            pid %1$s/nginx.pid;
            error_log stderr warn;
            events {}
            http {
              access_log off;
              client_body_temp_path %1$s/client;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              server {
                listen 127.0.0.1:%2$d ssl;
                ssl_certificate %3$s;
                ssl_certificate_key %3$s;
                %4$s
              }
            }
            """) {
        @Override
        List<String> command(Path folder, Path config) {
            return List.of("nginx", "-p", folder.toString(), "-e", "stderr", "-c", config.toString());
        }
    },
    CADDY("caddy", """
            {
              admin off
              auto_https disable_redirects
              skip_install_trust
              storage file_system %1$s/caddy
            }
            https://localhost:%2$d {
              bind 127.0.0.1
              tls internal
              %4$s
            }
            """) {
        @Override
        List<String> command(Path folder, Path config) {
            return List.of("caddy", "run", "--adapter", "caddyfile", "--config", config.toString());
        }
    };

    private final String debianPackage;

    /** Around the lines in the documentation. */
    private final String template;

    ReverseProxy(String debianPackage, String template) {
        this.debianPackage = debianPackage;
        this.template = template;
    }

    abstract List<String> command(Path folder, Path config);

    /** One that runs. */
    record Running(Process process, String url) implements AutoCloseable {
        @Override
        public void close() {
            process.destroy();
            assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    /** Starts it in front of the exporter; it may take a moment to serve. */
    Running start(Path folder, int exporterPort) throws Exception {
        String program = name().toLowerCase(Locale.ROOT);
        RequiredTool.require(program, debianPackage);
        int port = Daemon.freePort();
        String documented =
                Documentation.page("gateway.md").blocks(program).get(0).text();
        Path config = Files.writeString(
                folder.resolve(program + ".conf"),
                template.formatted(
                        folder,
                        port,
                        new Certificate(folder, "dns:localhost").pem(),
                        documented.replace("127.0.0.1:5000", "127.0.0.1:" + exporterPort)));
        return new Running(process(folder, config), "https://localhost:" + port + "/usage-exporter");
    }

    private Process process(Path folder, Path config) throws IOException {
        var builder = new ProcessBuilder(command(folder, config))
                .redirectErrorStream(true)
                .redirectOutput(Files.createTempFile(folder, "proxy", ".log").toFile());
        builder.environment().put("HOME", folder.toString()); // where Caddy keeps its last configuration
        return builder.start();
    }
}
