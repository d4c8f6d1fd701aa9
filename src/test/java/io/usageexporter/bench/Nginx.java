package io.usageexporter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nginx as a plain reverse proxy with the same paths and upstreams as the exporter's gateway. */
final class Nginx {
    private static final String CONFIG = """
            daemon off;
            worker_processes auto;
            pid %1$s/nginx.pid;
            error_log stderr warn;
            events {
              worker_connections 4096;
            }
            http {
              access_log off;
              client_body_temp_path %1$s/client;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              tcp_nodelay on;
              keepalive_requests 100000000;
              upstream provider {
                server 127.0.0.1:%2$d;
                keepalive 128;
                keepalive_requests 100000000;
              }
              server {
                listen 127.0.0.1:%3$d backlog=4096;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_buffering off;
                location /gateway/anthropic/ {
                  proxy_pass http://provider/;
                }
                location / {
                  proxy_pass http://provider;
                }
              }
            }
            """;

    private Nginx() {}

    /** Writes its configuration and returns the command that runs it in the folder. */
    static List<String> command(Path folder, int port, int providerPort) throws IOException {
        Path home = Files.createDirectories(folder).toAbsolutePath();
        Path config = Files.writeString(home.resolve("nginx.conf"), CONFIG.formatted(home, providerPort, port));
        return List.of("nginx", "-p", home.toString(), "-e", "stderr", "-c", config.toString());
    }
}
