//! Fills in Jinja and ERB templates with a word for each value.

/// The longest tag of a template, in bytes.
const LONGEST_INSERT: usize = 400;

/// Replaces each value of a template by a word and each statement by spaces, so that all other bytes keep their
/// offsets; `None` if the text is not a template.
pub(super) fn filled(text: &str) -> Option<String> {
    const MARKS: [(&str, &str, bool); 5] = [
        ("{{", "}}", true),
        ("{%", "%}", false),
        ("{#", "#}", false),
        ("<%=", "%>", true),
        ("<%", "%>", false),
    ];
    if !text.contains("{{") && !text.contains("{%") && !text.contains("<%") {
        return None;
    }
    let mut all = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '<']) {
        let (before, from) = rest.split_at(at);
        all.push_str(before);
        let insert = MARKS.iter().find_map(|(open, close, is_value)| {
            let inner = from.strip_prefix(open)?;
            let mut limit = inner.len().min(LONGEST_INSERT);
            while !inner.is_char_boundary(limit) {
                limit -= 1;
            }
            let end = inner[..limit].find(close)?;
            Some((open.len() + end + close.len(), *is_value))
        });
        // A `$` before the braces belongs to another tool's syntax, such as `${{ NAME }}`.
        let (length, is_value) = insert
            .filter(|_| !before.ends_with('$'))
            .unwrap_or_default();
        if length == 0 {
            all.push_str(&from[..1]);
            rest = &from[1..];
            continue;
        }
        for byte in from[..length].bytes() {
            all.push(match byte {
                b'\n' => '\n',
                _ if is_value => '_',
                _ => ' ',
            });
        }
        rest = &from[length..];
    }
    all.push_str(rest);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn values_are_words_and_statements_are_blanks() {
        for (text, expected) in [
            ("listen {{ port }};", Some("listen __________;")),
            ("{% if a %}x{% endif %}", Some("          x           ")),
            (
                "<% load %>\nkey: <%= a %>\n",
                Some("          \nkey: ________\n"),
            ),
            ("a ${{ b }} {{ c }}", Some("a ${{ b }} _______")),
            ("a {{ open", Some("a {{ open")),
            ("server { listen 80; }", None),
        ] {
            assert_eq!(filled(text).as_deref(), expected, "{text}");
        }
    }
}
