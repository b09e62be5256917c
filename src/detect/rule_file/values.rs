//! Removes from a TOML error message what it quotes of the file: a misplaced value may be a secret.

/// What precedes a value that the TOML reader quotes, and the character that ends it.
const ECHOES: &[(&str, char)] = &[
    ("unknown variant `", '`'),
    ("string \"", '"'),
    ("integer `", '`'),
    ("floating point `", '`'),
    ("boolean `", '`'),
    ("character `", '`'),
];

/// Returns a TOML error message without the values that it quotes.
pub(super) fn without_values(message: &str) -> String {
    let mut left = message.to_owned();
    for (mark, end) in ECHOES {
        let mut from = 0;
        while let Some(at) = left[from..].find(mark).map(|at| from + at) {
            let value = at + mark.len();
            // The value may contain that character; what follows the value has it only in pairs.
            let stop = left[value..]
                .find(&format!("{end}, expected")[..])
                .or_else(|| left[value..].find(&format!("{end}: expected")[..]))
                .or_else(|| left[value..].rfind(*end))
                .map_or(left.len(), |stop| value + stop + 1);
            left.replace_range(value - 2..stop.min(left.len()), "");
            from = value - 2;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_lose_their_values_only() {
        for (message, expected) in [
            (
                "unknown variant `hun`ter2`, expected one of `info`, `low`",
                "unknown variant, expected one of `info`, `low`",
            ),
            (
                "invalid type: string \"hun\\\"ter2\", expected a sequence",
                "invalid type: string, expected a sequence",
            ),
            (
                "invalid type: integer `5`, expected a string",
                "invalid type: integer, expected a string",
            ),
            (
                "unclosed table, expected `]`",
                "unclosed table, expected `]`",
            ),
        ] {
            assert_eq!(without_values(message), expected);
        }
    }
}
