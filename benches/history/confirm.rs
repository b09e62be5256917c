//! What it costs to look closer where a keyword stands.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};

use crate::text::{detector, fill, lines};

/// How many keywords each text has.
const KEYWORDS: usize = 1000;

/// What is behind the keyword: a credential, or nothing of the kind.
const LINES: [(&str, &str); 5] = [
    ("token", "gitlab = glpat-{{alnum:20}}\n"),
    ("no token", "see the glpat- prefix, {{digits:4}}\n"),
    ("assignment", "database_password = \"{{alnum:16}}\"\n"),
    ("no assignment", "if password is None and {{lower:6}}:\n"),
    ("reference", "password: ${PASSWORD_{{upper:6}}}\n"),
];

#[divan::bench(args = LINES.map(|(name, _)| name))]
fn confirm(bencher: Bencher<'_, '_>, name: &str) {
    let template = LINES.iter().find(|line| line.0 == name);
    let (_, template) = template.expect("it is one of them");
    let text = lines(KEYWORDS, |seed| fill(seed, template));
    let detector = detector();
    // Patterns are compiled where their first keyword turns up.
    detector.scan(&text);
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| detector.scan(black_box(&text)));
}
