package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.config.YamlNode.Mapping;
import io.usageexporter.config.YamlNode.Scalar;
import io.usageexporter.config.YamlNode.Sequence;
import java.util.regex.Pattern;

/** What a message shows of a file: short, on one line, and nothing that may be a secret. */
final class Shown {
    private static final int LONGEST = 60;

    /** Keys whose value is a secret, or is easily mistaken for one. */
    private static final Pattern SECRET_KEY =
            Pattern.compile("(?i)(.*[._-])?(poll|webhook|authorization|(.*_)?(secret|key|token|password)(_file)?)");

    private static final Pattern SECRET_LINE =
            Pattern.compile("(?i).*(secret|token(?!s|_weights)|key|passw|webhook|poll|authori[sz]ation|bearer).*");

    /** As keys and tokens are made: with a known beginning, or long, of letters and digits in a jumble. */
    private static final Pattern SECRET = Pattern.compile("(?i)\\b(sk-|apify_api_|bearer\\s)\\S*"
            + "|(?<![\\w+=-])(?=[\\w+=-]{20})(?=[\\w+=-]*\\d[\\w+=-]*\\d)(?=[\\w+=-]*[a-z])[\\w+=-]+");

    private static final Pattern CREDENTIALS_IN_URL = Pattern.compile("//[^@\\s]*@|(?<=://\\S{1,300})\\?\\S*");

    private Shown() {}

    /** The end of a sentence that says what a value must be: what it is. */
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

    /** Whether this is a secret by the look of it. */
    static boolean isSecret(String text) {
        return SECRET.matcher(text).find();
    }

    /** A text of the file. */
    static String text(String text) {
        return cut(oneLine(SECRET.matcher(CREDENTIALS_IN_URL
                        .matcher(text)
                        .replaceAll(found -> found.group().startsWith("?") ? "?***" : "//***@"))
                .replaceAll("***")));
    }

    /** The line of a file, or nothing when it may hold a secret. */
    static String line(String line) {
        return SECRET_LINE.matcher(line).find() ? "" : text(line.strip());
    }

    /** Control characters would make several lines of a message, or none. */
    static String oneLine(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cs}\\u2028\\u2029]+", " ");
    }

    private static String cut(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "…";
    }
}
