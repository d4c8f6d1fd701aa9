package io.usageexporter.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * The URL of a ledger in PostgreSQL, as its driver takes it: {@code jdbc:postgresql://HOST:PORT/DATABASE?PARAMETERS}. What
 * it lacks comes from PostgreSQL's own environment variables, of which the driver itself reads only {@code PGPASSFILE}. The
 * parameter {@code passwordFile} names a file with the password, such as a secret of Docker, Kubernetes or systemd.
 */
final class PostgresUrl {
    private static final String SCHEME = "jdbc:postgresql:";
    private static final Pattern FORM = Pattern.compile(SCHEME + "(?://([^/?]*))?/?([^/?]*)(?:\\?(.*))?");
    private static final Pattern PARAMETER = Pattern.compile("([^&=]+)=?([^&]*)");
    private static final Pattern WITH_PORT = Pattern.compile(".*:\\d+");
    private static final Pattern SECRETS = Pattern.compile("(?i)(password=)[^&]*|(//[^:/?@]*:)[^?]*(?=@)");
    private static final Map<String, String> VARIABLES = Map.of(
            "PGUSER", PGProperty.USER.getName(),
            "PGPASSWORD", PGProperty.PASSWORD.getName(),
            "PGSSLMODE", PGProperty.SSL_MODE.getName(),
            "PGSSLROOTCERT", PGProperty.SSL_ROOT_CERT.getName(),
            "PGSSLCERT", PGProperty.SSL_CERT.getName(),
            "PGSSLKEY", PGProperty.SSL_KEY.getName());
    private static final String PASSWORD_FILE = "passwordFile";

    private final String given;
    private final String server;
    private final String database;
    private final Map<String, String> parameters;
    private final @Nullable Path passwordFile;

    private PostgresUrl(String given, String authority, String database, Map<String, String> parameters) {
        this.given = given;
        this.server = authority;
        this.database = database;
        String file = parameters.remove(PASSWORD_FILE);
        this.passwordFile = file == null ? null : Path.of(file);
        this.parameters = parameters;
    }

    /** Whether this is the URL of a ledger in PostgreSQL, be it a valid one or not. */
    static boolean isOne(String url) {
        return url.startsWith(SCHEME);
    }

    /** @throws LedgerException if it is not valid, or the file of the password cannot be read */
    static PostgresUrl of(String url, Map<String, String> environment) throws LedgerException {
        Matcher form = FORM.matcher(url);
        if (!form.matches()) {
            throw invalid(url, "is not jdbc:postgresql://HOST:PORT/DATABASE?PARAMETERS");
        }
        Map<String, String> parameters = parameters(url, form.group(3));
        VARIABLES.forEach((variable, name) -> {
            if (environment.containsKey(variable)) {
                parameters.putIfAbsent(name, environment.get(variable));
            }
        });
        parameters.putIfAbsent(PGProperty.USER.getName(), System.getProperty("user.name"));
        String database = or(
                decoded(url, form.group(2)), environment.get("PGDATABASE"), parameters.get(PGProperty.USER.getName()));
        var parsed = new PostgresUrl(url, authority(url, form.group(1), environment), database, parameters);
        try {
            parsed.password();
        } catch (UncheckedIOException e) {
            throw PostgresErrors.of(parsed, "opened", e);
        }
        return parsed;
    }

    private static Map<String, String> parameters(String url, @Nullable String query) throws LedgerException {
        var parameters = new LinkedHashMap<String, String>();
        Matcher each = PARAMETER.matcher(query == null ? "" : query);
        while (each.find()) {
            String name = each.group(1);
            // The driver ignores what it does not know, so a slip in sslmode would switch verification off.
            if (!isKnown(name)) {
                throw invalid(url, "has the parameter " + name + ", which is none of PostgreSQL's JDBC driver's");
            }
            parameters.put(name, decoded(url, each.group(2)));
        }
        return parameters;
    }

    private static boolean isKnown(String parameter) {
        // A service would be the place of another URL.
        return parameter.equals(PASSWORD_FILE)
                || (PGProperty.forName(parameter) != null && !parameter.equals(PGProperty.SERVICE.getName()));
    }

    private static String decoded(String url, String part) throws LedgerException {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid(url, "has a % that does not begin a code such as %2B; write %25");
        }
    }

    /** Hosts and ports, without gaps. */
    private static String authority(String url, @Nullable String given, Map<String, String> environment)
            throws LedgerException {
        String hosts = or(given, environment.get("PGHOST"), "localhost");
        if (hosts.contains("@")) {
            throw invalid(url, "has a user before the host; write ?user=NAME&passwordFile=FILE behind the database");
        }
        if (hosts.startsWith("/")) {
            throw new LedgerException("PGHOST is a socket's folder, which the exporter cannot use: give a host");
        }
        String port = or(environment.get("PGPORT"), "5432");
        return Pattern.compile(",")
                .splitAsStream(hosts)
                .map(host -> WITH_PORT.matcher(host).matches() ? host : host + ":" + port)
                .collect(Collectors.joining(","));
    }

    private static String or(@Nullable String... values) {
        for (String value : values) {
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        throw new IllegalArgumentException("no default");
    }

    private static LedgerException invalid(String url, String what) {
        return new LedgerException("--storage.url " + redacted(url) + " " + what);
    }

    /** A URL without its passwords, for people. */
    static String redacted(String url) {
        return SECRETS.matcher(url).replaceAll("$1$2***");
    }

    /** For the driver, without parameters. It logs what it is given. */
    String forDriver() {
        return SCHEME + "//" + server + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
    }

    /** The parameters, with the password as it is now. */
    Properties properties() {
        var properties = new Properties();
        properties.putAll(parameters);
        String password = password();
        if (password != null) {
            properties.put(PGProperty.PASSWORD.getName(), password);
        }
        return properties;
    }

    /**
     * Read again each time, since files of secrets change; null to have the driver look into {@code ~/.pgpass}.
     *
     * @throws UncheckedIOException if its file cannot be read
     */
    @Nullable
    String password() {
        if (passwordFile == null) {
            return parameters.get(PGProperty.PASSWORD.getName());
        }
        try {
            return Files.readString(passwordFile).stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String user() {
        return parameters.getOrDefault(PGProperty.USER.getName(), "");
    }

    String database() {
        return database;
    }

    /** Hosts and ports. */
    String server() {
        return server;
    }

    /** The URL as it was given, without its passwords. */
    @Override
    public String toString() {
        return redacted(given);
    }
}
