//! `nginx/cors-wildcard`: any site may read responses on behalf of the visitor.

use crate::audit::nginx::forest::{At, Scope};
use crate::audit::nginx::visitor;

use super::{
    Card, Category, Check, Conf, Confidence, HEADERS, Header, Report, Severity, Sighting, headers,
    site,
};

pub(super) struct CorsWildcard;

impl Check<Conf<'_>> for CorsWildcard {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        let added = conf.all().filter_map(Header::of);
        for header in added.filter(|header| header.is("Access-Control-Allow-Origin")) {
            let scope = header.at.scope();
            let with_credentials = headers::effective(scope).iter().any(|other| {
                other.is("Access-Control-Allow-Credentials")
                    && other.value.eq_ignore_ascii_case("true")
            });
            let reflection = reflection(header.value, scope);
            if let Some(weakness) = reflection.filter(|_| !visitor::is_never_reached(scope)) {
                let severity = if with_credentials {
                    Severity::Medium
                } else {
                    Severity::Low
                };
                let message = match weakness {
                    Weakness::Any => "every origin is reflected, so any website can read responses",
                    Weakness::Loose => {
                        "a regular expression without `^` or `$` also matches other origins"
                    }
                };
                conf.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, header.span(), message.to_owned()).weighing(severity),
                );
            } else if header.value == "*" && with_credentials {
                let message =
                    "every origin is allowed with credentials, which browsers reject".to_owned();
                conf.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, header.span(), message).weighing(Severity::Low),
                );
            }
        }
    }
}

/// Which origins are wrongly allowed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weakness {
    Any,
    /// Those that begin or end with an allowed one.
    Loose,
}

/// How deeply variables may refer to each other.
const MAX_DEPTH: usize = 6;

/// Returns how a value reflects the origin of the request, also through `set` and `map`.
fn reflection(value: &str, scope: Scope) -> Option<Weakness> {
    repeats(value, scope, 0)
}

fn repeats(value: &str, scope: Scope, depth: usize) -> Option<Weakness> {
    let name = value.strip_prefix('$').filter(|_| depth < MAX_DEPTH)?;
    let name = name.trim_start_matches('{').trim_end_matches('}');
    if name == "http_origin" {
        return match condition(scope) {
            None => Some(Weakness::Any),
            Some(pattern) => is_loose(&pattern).then_some(Weakness::Loose),
        };
    }
    let mut found = Vec::new();
    for block in scope.outwards() {
        for set in sets(block, name) {
            found.extend(repeats(set.argument(1), set.scope(), depth + 1));
        }
    }
    for map in scope.declared("map", name) {
        let is_of_origin = map.argument(0).contains("http_origin");
        for line in map.block().within().take(MAX_LINES) {
            let is_origin = matches!(line.argument(0), "$http_origin" | "${http_origin}");
            match line.name() {
                "default" => found.extend(repeats(line.argument(0), map.scope(), depth + 1)),
                key if is_of_origin && is_origin => {
                    let pattern = key.strip_prefix('~').map(|key| key.trim_start_matches('*'));
                    found.extend(pattern.filter(|it| is_loose(it)).map(|_| Weakness::Loose));
                }
                _ => {}
            }
        }
    }
    let any = found.contains(&Weakness::Any).then_some(Weakness::Any);
    any.or(found.first().copied())
}

/// How many lines of a map are read.
const MAX_LINES: usize = 500;

/// Returns where a block, or a condition in it, sets a variable.
fn sets<'f>(block: Scope<'f>, name: &str) -> Vec<At<'f>> {
    let conditions = block.named("if").into_iter();
    let scopes = std::iter::once(block).chain(conditions.map(At::block));
    scopes
        .flat_map(|scope| scope.named("set"))
        .filter(|set| set.argument(0).strip_prefix('$') == Some(name))
        .collect()
}

/// Returns the pattern, or the text, that a condition around a block compares the origin with.
fn condition(scope: Scope) -> Option<String> {
    let mut openers = scope.outwards().filter_map(Scope::opener);
    openers.find_map(|opener| {
        let words: Vec<_> = opener.arguments().collect();
        let at = words
            .iter()
            .position(|word| word.contains("$http_origin"))?;
        let operator = words.get(at + 1)?;
        let rest = words[at + 2..].join(" ");
        let pattern = rest.trim_end_matches(')').to_owned();
        (opener.name() == "if").then_some(())?;
        Some(match *operator {
            "~" | "~*" => rest.strip_suffix(')').unwrap_or(&rest).to_owned(),
            // A comparison with the whole text.
            _ => format!("^{pattern}$"),
        })
    })
}

/// Whether a pattern matches other origins than those it was written for, because it is not anchored at both ends.
fn is_loose(pattern: &str) -> bool {
    if pattern.contains(".*") && !pattern.contains("\\.") && pattern.len() < 8 {
        return true;
    }
    let is_held = |text: &str| text.starts_with('^') && text.ends_with('$');
    let inner = pattern.trim_matches(['"', '\'']);
    let whole = inner.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    !is_held(inner) && !whole.is_some_and(is_held)
}

static CARD: Card = Card {
    id: "nginx/cors-wildcard",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Permissive CORS policy",
    description: "A header that reflects the `Origin` of the request lets any website read responses; with credentials \
                  allowed, it reads them as the logged-in visitor.",
    remedy: "List the allowed origins in a map and send its result: `map $http_origin $allowed_origin { default \"\"; \
             https://app.example.com $http_origin; }` and `add_header Access-Control-Allow-Origin $allowed_origin \
             always;`",
    references: &[
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS",
        "https://cheatsheetseries.owasp.org/cheatsheets/HTML5_Security_Cheat_Sheet.html",
        HEADERS,
    ],
    tags: &["nginx", "headers", "cors", "CWE-942", "OWASP-A05"],
    examples: &[
        site(
            "server {\n  add_header Access-Control-Allow-Origin $http_origin; # here\n  add_header Access-Control-Allow-Credentials true;\n}\n",
        ),
        site(
            "server {\n  add_header Access-Control-Allow-Origin \"$http_origin\" always; # here\n}\n",
        ),
    ],
    negatives: &[
        site("server {\n  add_header Access-Control-Allow-Origin *;\n}\n"),
        site(
            "server {\n  if ($http_origin ~ ^https://app\\.example$) {\n    add_header Access-Control-Allow-Origin $http_origin;\n  }\n}\n",
        ),
        site(
            "server {\n  add_header Access-Control-Allow-Origin $allowed_origin;\n  add_header Access-Control-Allow-Credentials true;\n}\n",
        ),
    ],
};
