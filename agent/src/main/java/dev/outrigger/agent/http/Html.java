package dev.outrigger.agent.http;

import java.util.Optional;

/** HTML that is built piece by piece. Every text is escaped; tags and classes are constants of this package. */
final class Html {
    private final StringBuilder out = new StringBuilder(8 << 10);

    /** Markup as it is; for constants only. */
    Html markup(String constant) {
        out.append(constant);
        return this;
    }

    Html text(String text) {
        for (int i = 0; i < text.length(); i++) {
            append(text.charAt(i));
        }
        return this;
    }

    /** {@code <tag class="...">text</tag>}. */
    Html element(String tag, String classes, String text) {
        out.append('<').append(tag);
        if (!classes.isEmpty()) {
            out.append(" class=\"").append(classes).append('"');
        }
        out.append('>');
        return text(text).markup("</").markup(tag).markup(">");
    }

    /** One line of a list of facts; a dash where the value is not known. */
    Html fact(String name, Optional<String> value) {
        return element("dt", "", name).element("dd", "", value.orElse("\u2013"));
    }

    Html fact(String name, String value) {
        return fact(name, Optional.of(value));
    }

    /** One cell of a table, with its column's name for narrow screens. */
    Html cell(String column, Optional<String> value) {
        markup("<td data-label=\"").text(column).markup("\">");
        return text(value.orElse("\u2013")).markup("</td>");
    }

    private void append(char c) {
        switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            case '\'' -> out.append("&#39;");
            default -> out.append(Character.isISOControl(c) && c != '\n' ? '\ufffd' : c);
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
