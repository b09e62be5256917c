//! `pg_hba.conf`: its lines as the server reads them, which loads the file only if it accepts all of them.

use std::ops::Range;

use crate::audit::included::{Include, Line, Named, Syntax};
use crate::model::steps;

use super::address::Address;
use super::{is_access_file, unfilled};

/// Reads `pg_hba.conf` and what it includes.
pub(super) struct Hba;

/// A line of the file.
pub(super) enum Entry {
    /// A line that admits or rejects connections.
    Rule(Rule),
    /// A line that the server rejects.
    Invalid(Invalid),
}

/// A line that the server rejects, and why.
pub(super) struct Invalid {
    pub(super) at: usize,
    pub(super) reason: String,
}

/// Who may log in from where, and how.
pub(super) struct Rule {
    /// Kinds of connections, one bit each.
    pub(super) kinds: u8,
    /// As written: `hostssl`.
    pub(super) kind: String,
    pub(super) databases: Vec<Token>,
    pub(super) users: Vec<Token>,
    pub(super) address: Address,
    pub(super) method: String,
    pub(super) options: Vec<(String, String)>,
}

/// A word, and whether it was in quotes, in which keywords lose their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) is_quoted: bool,
}

/// Connections over the Unix socket, unencrypted, with TLS, and with GSSAPI.
pub(super) const LOCAL: u8 = 1;
pub(super) const PLAIN: u8 = 2;
pub(super) const TLS: u8 = 4;
pub(super) const GSS: u8 = 8;

const KINDS: &[(&str, u8)] = &[
    ("local", LOCAL),
    ("host", PLAIN | TLS | GSS),
    ("hostssl", TLS),
    ("hostnossl", PLAIN | GSS),
    ("hostgssenc", GSS),
    ("hostnogssenc", PLAIN | TLS),
];

/// Methods of servers on Linux, and the options that each has besides `clientcert`.
const METHODS: &[(&str, &[&str])] = &[
    ("trust", &[]),
    ("reject", &[]),
    ("md5", &[]),
    ("password", &[]),
    ("scram-sha-256", &[]),
    ("gss", &["map", "krb_realm", "include_realm"]),
    ("ident", &["map"]),
    ("peer", &["map"]),
    ("cert", &["map", "clientname"]),
    ("pam", &["pamservice", "pam_use_hostname"]),
    (
        "ldap",
        &[
            "ldapurl",
            "ldaptls",
            "ldapscheme",
            "ldapserver",
            "ldapport",
            "ldapbinddn",
            "ldapbindpasswd",
            "ldapsearchattribute",
            "ldapsearchfilter",
            "ldapbasedn",
            "ldapprefix",
            "ldapsuffix",
        ],
    ),
    (
        "radius",
        &[
            "radiusservers",
            "radiusports",
            "radiussecrets",
            "radiusidentifiers",
        ],
    ),
    (
        "oauth",
        &[
            "map",
            "issuer",
            "scope",
            "validator",
            "delegate_ident_mapping",
        ],
    ),
];

/// Methods of servers on other systems.
const FOREIGN: &[&str] = &["sspi", "bsd"];

impl Token {
    /// Returns whether it is this keyword.
    pub(super) fn is(&self, keyword: &str) -> bool {
        !self.is_quoted && self.text == keyword
    }
}

impl Rule {
    /// Returns whether the client must present a certificate.
    pub(super) fn asks_for_certificate(&self) -> bool {
        let mut options = self.options.iter();
        options.any(|(name, value)| {
            name == "clientcert" && matches!(value.as_str(), "verify-full" | "verify-ca")
        })
    }

    /// Returns whether it applies to other machines, beyond the Unix socket and this machine.
    pub(super) fn is_remote(&self) -> bool {
        self.kinds != LOCAL && !self.address.is_loopback()
    }
}

impl Syntax for Hba {
    type Item = Entry;

    fn read(&self, text: &str) -> Vec<Line<Entry>> {
        let lines = lines(text).into_iter();
        lines
            .filter_map(|line| {
                let span = line.span.clone();
                let fields: Vec<_> = line.fields.iter().map(Vec::as_slice).collect();
                if let [[directive], [name]] = fields.as_slice()
                    && let Some(named) = included(&directive.text, &name.text)
                {
                    return Some(Line::Include(Include { named, span }));
                }
                let entry = match rule(&fields) {
                    Ok(rule) => Entry::Rule(rule),
                    Err(_) if unfilled(text.get(span.clone())?) => return None,
                    Err(reason) => {
                        let at = span.start;
                        Entry::Invalid(Invalid { at, reason })
                    }
                };
                Some(Line::Item(entry, span))
            })
            .collect()
    }

    fn is_audited(&self, path: &str, text: &str) -> bool {
        is_access_file(path) && lines(text).iter().any(is_about_connections)
    }

    fn roots(&self) -> &'static [&'static str] {
        &["pg_hba.conf"]
    }
}

/// Returns whether a line begins like those of this file, in any case.
pub(super) fn is_about_connections(line: &Words) -> bool {
    let first = line.fields.first().and_then(|field| field.first());
    first.is_some_and(|first| {
        let is_kind = KINDS
            .iter()
            .any(|(kind, _)| first.text.eq_ignore_ascii_case(kind));
        is_kind && line.fields.len() > 2 || included(&first.text, "").is_some()
    })
}

fn included(directive: &str, name: &str) -> Option<Named> {
    match directive {
        "include" | "include_if_exists" => Some(Named::File(name.to_owned())),
        "include_dir" => Some(Named::Folder(name.to_owned(), ".conf")),
        _ => None,
    }
}

fn rule(fields: &[&[Token]]) -> Result<Rule, String> {
    let [[kind], rest @ ..] = fields else {
        return Err("more than one type of connection".to_owned());
    };
    let known = KINDS.iter().find(|(name, _)| *name == kind.text);
    let &(_, kinds) =
        known.ok_or_else(|| format!("no type of connection is called `{}`", kind.text))?;
    let [databases, users, rest @ ..] = rest else {
        return Err("the line ends before the user".to_owned());
    };
    let (address, rest) = if kinds == LOCAL {
        (Address::Socket, rest)
    } else {
        address(rest)?
    };
    let [[method], options @ ..] = rest else {
        return Err("the line has no method, or more than one".to_owned());
    };
    let options: Result<Vec<_>, String> = options.iter().copied().flatten().map(option).collect();
    let mut rule = Rule {
        kinds,
        kind: kind.text.clone(),
        databases: databases.to_vec(),
        users: users.to_vec(),
        address,
        method: method.text.clone(),
        options: options?,
    };
    check(&rule)?;
    if kinds == LOCAL && rule.method == "ident" {
        // Over the Unix socket, the kernel tells who the user is.
        "peer".clone_into(&mut rule.method);
    }
    Ok(rule)
}

/// Parses the address at the start of the rest of a line; its mask may be in a separate column.
fn address<'f>(fields: &'f [&'f [Token]]) -> Result<(Address, &'f [&'f [Token]]), String> {
    let [[given], rest @ ..] = fields else {
        return Err("the line has no address, or more than one".to_owned());
    };
    if let Some(address) = Address::of(&given.text, given.is_quoted)? {
        return Ok((address, rest));
    }
    let [[mask], rest @ ..] = rest else {
        return Err(format!("`{}` has no mask", given.text));
    };
    Ok((Address::masked(&given.text, &mask.text)?, rest))
}

fn option(token: &Token) -> Result<(String, String), String> {
    let pair = token.text.split_once('=');
    let (name, value) = pair.ok_or_else(|| format!("`{}` is no option", token.text))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Checks that the method and its options are valid for the kind of connection.
fn check(rule: &Rule) -> Result<(), String> {
    let method = rule.method.as_str();
    if FOREIGN.contains(&method) {
        return Ok(());
    }
    let known = METHODS.iter().find(|(name, _)| *name == method);
    let (_, options) = known.ok_or_else(|| format!("no method is called `{method}`"))?;
    if method == "peer" && rule.kinds != LOCAL {
        return Err("`peer` is only for `local`".to_owned());
    }
    if method == "gss" && rule.kinds == LOCAL {
        return Err("`gss` is not for `local`".to_owned());
    }
    if method == "cert" && rule.kinds != TLS {
        return Err("`cert` is only for `hostssl`".to_owned());
    }
    for (name, value) in &rule.options {
        if name == "clientcert" {
            let is_known = matches!(value.as_str(), "verify-ca" | "verify-full");
            if rule.kinds != TLS || !is_known {
                return Err(
                    "`clientcert` is only for `hostssl`, and is `verify-ca` or `verify-full`"
                        .to_owned(),
                );
            }
        } else if name == "clientname" {
            if rule.kinds != TLS || !matches!(value.as_str(), "CN" | "DN") {
                return Err("`clientname` is only for `hostssl`, and is `CN` or `DN`".to_owned());
            }
        } else if !options.contains(&name.as_str()) {
            return Err(format!("`{method}` has no option `{name}`"));
        }
    }
    Ok(())
}

/// The words of a line: fields of one or more words joined by commas.
pub(super) struct Words {
    pub(super) fields: Vec<Vec<Token>>,
    pub(super) span: Range<usize>,
}

/// Splits a file into lines. A backslash at the end of a line joins it with the next one.
pub(super) fn lines(text: &str) -> Vec<Words> {
    let mut lines = Vec::new();
    let mut rest = text.char_indices().peekable();
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    while rest.next_if(|(at, _)| *at < start).is_some() {}
    while rest.peek().is_some() {
        let mut reader = Reader::default();
        while let Some((at, c)) = rest.next() {
            steps::look_at(1);
            let is_end = c == '\n' || c == '\r' && text[at..].starts_with("\r\n");
            let after = &text[at + c.len_utf8()..];
            let joined = ["\n", "\r\n"].iter().find(|end| after.starts_with(*end));
            if let Some(end) = joined.filter(|_| c == '\\') {
                end.chars().for_each(|_| {
                    rest.next();
                });
            } else if is_end {
                rest.next_if(|(_, next)| c == '\r' && *next == '\n');
                break;
            } else {
                reader.take(c, at);
            }
        }
        reader.end_token();
        reader.end_field();
        if !reader.fields.is_empty() {
            lines.push(Words {
                fields: reader.fields,
                span: reader.start..reader.end,
            });
        }
    }
    lines
}

/// Assembles the words of one line.
#[derive(Default)]
struct Reader {
    fields: Vec<Vec<Token>>,
    field: Vec<Token>,
    token: Option<Token>,
    quotes: Quotes,
    is_comment: bool,
    /// Whether a comma says that the field continues.
    goes_on: bool,
    start: usize,
    end: usize,
}

/// Whether a character is in quotes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    #[default]
    Outside,
    Inside,
    /// Right after the closing quote: another one stands for a literal quote.
    Ended,
}

impl Reader {
    fn take(&mut self, c: char, at: usize) {
        if self.is_comment {
            return;
        }
        let is_outside = self.quotes != Quotes::Inside;
        let is_blank = matches!(c, ' ' | '\t' | '\r');
        match c {
            '#' if is_outside => {
                self.is_comment = true;
                return;
            }
            ',' if is_outside => {
                self.goes_on = true;
                return self.end_token();
            }
            _ if is_blank && is_outside => return self.end_token(),
            _ => {}
        }
        if self.token.is_none() {
            if !self.goes_on {
                self.end_field();
            }
            self.goes_on = false;
            if self.fields.is_empty() && self.field.is_empty() {
                self.start = at;
            }
            self.token = Some(Token {
                text: String::new(),
                is_quoted: c == '"',
            });
        }
        self.end = at + c.len_utf8();
        if let Some(token) = &mut self.token
            && (c != '"' || self.quotes == Quotes::Ended)
        {
            token.text.push(c);
        }
        self.quotes = match (c, self.quotes) {
            ('"', Quotes::Inside) => Quotes::Ended,
            ('"', _) | (_, Quotes::Inside) => Quotes::Inside,
            _ => Quotes::Outside,
        };
    }

    fn end_token(&mut self) {
        self.quotes = Quotes::Outside;
        self.field.extend(self.token.take());
    }

    fn end_field(&mut self) {
        if !self.field.is_empty() {
            self.fields.push(std::mem::take(&mut self.field));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<Vec<String>>> {
        let texts = |field: &Vec<Token>| field.iter().map(|token| token.text.clone()).collect();
        let lines = lines(text).into_iter();
        lines
            .map(|line| line.fields.iter().map(texts).collect())
            .collect()
    }

    #[test]
    fn words_are_joined_by_commas_and_split_by_blanks() {
        assert_eq!(
            words("host a,b c\n"),
            [[vec!["host"], vec!["a", "b"], vec!["c"]]]
        );
        assert_eq!(
            words("host a, b c"),
            [[vec!["host"], vec!["a", "b"], vec!["c"]]]
        );
        assert_eq!(
            words("a\\\n b # c\r\n\r\nd"),
            [vec![vec!["a"], vec!["b"]], vec![vec!["d"]]]
        );
        assert_eq!(
            words("\"a b\" c\"d\"\"e\"#f"),
            [[vec!["a b"], vec!["cd\"e"]]]
        );
    }

    #[test]
    fn lines_that_the_server_refuses() {
        let check = |line: &str, is_taken: bool| {
            let words = lines(line);
            let fields: Vec<_> = words[0].fields.iter().map(Vec::as_slice).collect();
            assert_eq!(rule(&fields).is_ok(), is_taken, "{line}");
        };
        check("host all all 0.0.0.0/0 trust", true);
        check("host all all 10.0.0.0 255.0.0.0 md5", true);
        check("hostssl all all all trust clientcert=verify-full", true);
        check("HOST all all 0.0.0.0/0 trust", false);
        check("host all all 0.0.0.0/0 Trust", false);
        check("host all all 0.0.0.0/0 trust map=x", false);
        check("host all all 0.0.0.0 trust", false);
        check("host all all 0.0.0.0/0 peer", false);
        check("host all all a.test/8 trust", false);
        check("host all all 0.0.0.0/33 trust", false);
        check("host all all all trust clientcert=verify-full", false);
        check("local all all", false);
    }
}
