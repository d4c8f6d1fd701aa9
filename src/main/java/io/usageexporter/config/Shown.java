package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.config.YamlNode.Mapping;
import io.usageexporter.config.YamlNode.Scalar;
import io.usageexporter.config.YamlNode.Sequence;
import java.util.regex.Pattern;

/** Makes text of a file safe for messages: short, on one line, and without possible secrets. */
final class Shown {
    private static final int LONGEST = 60;

    /** Keys whose value is a secret, or where a secret may be given by mistake. */
    private static final Pattern SECRET_KEY =
            Pattern.compile("(?i)(.*[._-])?(poll|webhook|authorization|(.*_)?(secret|key|token|password)(_file)?)");

    private static final Pattern SECRET_LINE =
            Pattern.compile("(?i).*(secret|token(?!s|_weights)|key|passw|webhook|poll|authori[sz]ation|bearer).*");

    /** What looks like a key or token: a known prefix, or a long mix of letters and digits. */
    private static final Pattern SECRET = Pattern.compile("(?i)\\b(sk-|apify_api_|bearer\\s)\\S*"
            + "|(?<![\\w+=-])(?=[\\w+=-]{20})(?=[\\w+=-]*\\d[\\w+=-]*\\d)(?=[\\w+=-]*[a-z])[\\w+=-]+");

    private static final Pattern CREDENTIALS_IN_URL = Pattern.compile("//[^@\\s]*@|(?<=://\\S{1,300})\\?\\S*");

    private Shown() {}

    /** What a value is, to follow a clause that says what it must be. */
    static String butIs(String key, YamlNode node) {
        if (node instanceof Mapping) {
            return ", not a mapping of keys to values";
        }
        if (node instanceof Sequence) {
            return ", not a list";
        }
        Scalar scalar = (Scalar) node;
        if (scalar.token() == JsonToken.VALUE_NULL) {
            return ", not empty";
        }
        boolean isText = scalar.token() == JsonToken.VALUE_STRING;
        if (isText && SECRET_KEY.matcher(key).matches()) {
            return "; the value is not shown, since it may be a secret";
        }
        String text = text(scalar.text());
        return ", not " + (isText ? '"' + text + '"' : text);
    }

    /** Whether this looks like a secret. */
    static boolean isSecret(String text) {
        return SECRET.matcher(text).find();
    }

    /** Text of the file. */
    static String text(String text) {
        return cut(oneLine(SECRET.matcher(CREDENTIALS_IN_URL
                        .matcher(text)
                        .replaceAll(found -> found.group().startsWith("?") ? "?***" : "//***@"))
                .replaceAll("***")));
    }

    /** A line of the file; empty if it may contain a secret. */
    static String line(String line) {
        return SECRET_LINE.matcher(line).find() ? "" : text(line.strip());
    }

    /** Replaces control characters, which could break the line of a message. */
    static String oneLine(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cs}\\u2028\\u2029]+", " ");
    }

    private static String cut(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "…";
    }
}
