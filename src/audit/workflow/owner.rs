//! The owner of the repository, as far as its files say where it is hosted.

use crate::audit::Project;

/// Files that name the repository, each with the text before its URL.
const FILES: &[(&str, &str)] = &[
    ("go.mod", "module "),
    ("package.json", "\"repository\""),
    ("Cargo.toml", "repository"),
    ("pyproject.toml", "epository"),
    ("composer.json", "\"support\""),
    ("pom.xml", "<scm>"),
    // A badge shows runs of the repository itself.
    ("README.md", "actions/workflows/"),
    ("readme.md", "actions/workflows/"),
    ("README.rst", "actions/workflows/"),
    ("README.adoc", "actions/workflows/"),
];

/// How far from that text the URL may be, in characters.
const REACH: usize = 300;

/// The account that a repository belongs to, if something names it.
struct Owner(Option<String>);

/// Returns the account that the repository belongs to; `None` if nothing names it.
pub(super) fn of(project: &Project<'_>) -> Option<String> {
    let owner = project.shared(|project| Owner(find(project)));
    owner.0.clone()
}

fn find(project: &Project<'_>) -> Option<String> {
    FILES.iter().find_map(|(path, mark)| {
        let text = project.read_text(path)?;
        let at = text.find(mark)?;
        let is_badge = path.to_ascii_lowercase().starts_with("readme.");
        let from = if is_badge {
            at.saturating_sub(REACH)
        } else {
            at
        };
        let mut near = text.get(from..)?.char_indices();
        let end = near.nth(REACH).map_or(text.len(), |(end, _)| from + end);
        let near = text.get(from..end)?;
        let places: Vec<_> = near.match_indices("github.com").collect();
        let (place, name) = if is_badge {
            *places.iter().rfind(|(place, _)| from + place < at)?
        } else {
            *places.first()?
        };
        account(&near[place + name.len()..])
    })
}

/// Returns the account at the start of the rest of a URL: `/acme/shop`, `:acme/shop.git`.
fn account(rest: &str) -> Option<String> {
    let rest = rest.strip_prefix(['/', ':'])?;
    let (account, _) = rest.split_once('/')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!account.is_empty() && account.bytes().all(is_name)).then(|| account.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_accounts() {
        assert_eq!(account("/acme/shop\n").as_deref(), Some("acme"));
        assert_eq!(account(":acme/shop.git").as_deref(), Some("acme"));
        assert_eq!(account("/features"), None);
        assert_eq!(account("/a b/c"), None);
    }
}
