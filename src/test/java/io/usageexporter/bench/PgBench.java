package io.usageexporter.bench;

import io.usageexporter.testing.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL's own load generator, whose transactions insert one event and add it to one of ten totals. */
record PgBench(PostgresServer server, String database, Path script) {
    private static final int CLIENTS = 8;
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

    static PgBench on(PostgresServer server, Path folder) throws IOException, SQLException {
        String database = PostgresServer.database(server.newDatabase());
        server.execute(
                database,
                "CREATE TABLE event (number bigserial PRIMARY KEY, id text UNIQUE, provider text, category text, model text,"
                        + " at bigint, usage text);"
                        + " CREATE TABLE total (provider text, category text, amount numeric,"
                        + " PRIMARY KEY (provider, category));"
                        + " GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;"
                        + " GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC");
        Files.createDirectories(folder);
        Path script = Files.writeString(folder.resolve("transaction.sql"), """
                \\set category random(1, 10)
                BEGIN;
                INSERT INTO event (id, provider, category, model, at, usage) VALUES (gen_random_uuid()::text, 'anthropic',
                  :category, 'claude-sonnet-4-5', 1795511700000, 'requests=1 tokens.input=1200 tokens.output=800');
                INSERT INTO total VALUES ('anthropic', :category, 1)
                  ON CONFLICT (provider, category) DO UPDATE SET amount = total.amount + 1;
                COMMIT;
                """);
        return new PgBench(server, database, script);
    }

    /** Transactions per second. */
    double rate(Duration duration) throws IOException, InterruptedException {
        var command = new ProcessBuilder(
                "pgbench",
                "--no-vacuum",
                "--protocol=prepared",
                "--client=" + CLIENTS,
                "--time=" + duration.toSeconds(),
                "--file=" + script,
                "--host=127.0.0.1",
                "--port=" + server.port(),
                "--username=" + PostgresServer.USER,
                database);
        command.environment().put("PGPASSWORD", PostgresServer.PASSWORD);
        Process process = command.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher rate = RATE.matcher(output);
        if (process.waitFor() != 0 || !rate.find()) {
            throw new IOException(output);
        }
        return Double.parseDouble(rate.group(1));
    }
}
