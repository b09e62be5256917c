//! Which files of the tree an `include` refers to.
//!
//! It is not known where the configuration gets installed; usually its directory becomes `/etc/nginx` unchanged. So a
//! name is looked up in the directory of the including file, then in each directory above it.

use rustc_hash::FxHashSet;

use crate::audit::{Project, project::resolve};

use super::forest::Forest;
use super::recognise;

/// How many includes of all files are followed.
const MAX_INCLUDES: usize = 4_000;
/// How many files are read that no format claims, only because some file includes them.
const MAX_READ: usize = 500;
/// How many files one pattern may match.
const MAX_MATCHES: usize = 500;

type Place = (usize, Option<usize>);

/// A file that an `include` brings into a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) place: Place,
    /// The number of the directive.
    pub(super) include: usize,
    pub(super) file: usize,
}

/// Which file is included where.
#[derive(Default)]
pub(super) struct Links {
    pub(super) found: Vec<Link>,
    pub(super) unseen: FxHashSet<Place>,
    /// The files of which some include was not followed, and why.
    pub(super) limits: Vec<(usize, String)>,
}

/// Follows every include, also those of files that are found on the way.
pub(super) fn links(forest: &mut Forest, project: &Project<'_>) -> Links {
    let mut links = Links::default();
    let mut paths: Vec<String> = project.paths().map(str::to_owned).collect();
    paths.extend(forest.files().iter().map(|file| file.path.clone()));
    paths.sort_unstable();
    paths.dedup();
    let (mut file, mut followed, mut read) = (0, 0, 0);
    while file < forest.files().len() {
        for (place, include, pattern) in includes(forest, file) {
            followed += 1;
            if followed > MAX_INCLUDES {
                let limit = format!("more than {MAX_INCLUDES} includes in all files");
                links.limits.push((file, limit));
                links.unseen.insert(place);
                continue;
            }
            let base = forest.files()[file].path.clone();
            let mut matches = matches(&base, &pattern, &paths);
            if matches.len() > MAX_MATCHES {
                let limit = format!("an include that matches more than {MAX_MATCHES} files");
                links.limits.push((file, limit));
                matches.truncate(MAX_MATCHES);
            }
            if matches.is_empty() && !is_harmless(&pattern) {
                links.unseen.insert(place);
            }
            for path in matches {
                let known = forest.number(&path).or_else(|| {
                    read += 1;
                    if read > MAX_READ {
                        let limit = format!("includes of more than {MAX_READ} other files");
                        links.limits.push((file, limit));
                        return None;
                    }
                    let text = project.read_text(&path)?;
                    Some(forest.add(recognise::parsed(&path, &text)?))
                });
                match known {
                    Some(known) => links.found.push(Link {
                        place,
                        include,
                        file: known,
                    }),
                    None => _ = links.unseen.insert(place),
                }
            }
        }
        file += 1;
    }
    links
}

fn includes(forest: &Forest, file: usize) -> Vec<(Place, usize, String)> {
    let tree = &forest.files()[file].tree;
    let directives = tree.directives.iter().enumerate();
    let includes = directives.filter(|(_, directive)| directive.name.text == "include");
    includes
        .filter_map(|(number, directive)| {
            let pattern = directive.arguments.first()?.text.clone();
            Some(((file, directive.parent), number, pattern))
        })
        .collect()
}

/// Whether an included file is unlikely to have settings that checks examine: MIME types, gateway parameters, modules.
fn is_harmless(pattern: &str) -> bool {
    let name = pattern.rsplit('/').next().unwrap_or(pattern);
    let is_site = [
        "sites-enabled/",
        "sites/",
        "conf.d/",
        "modules",
        "vhosts",
        "servers/",
    ];
    name.ends_with("_params")
        || name.starts_with("mime")
        || name.starts_with("fastcgi")
        || name == "koi-utf"
        || name.contains("proxy_params")
        || (name.contains('*') && is_site.iter().any(|folder| pattern.contains(folder)))
        || pattern.contains("modules-enabled")
}

/// Returns the files that `pattern`, written in the file at `base`, most likely refers to.
fn matches(base: &str, pattern: &str, paths: &[String]) -> Vec<String> {
    let installed = [
        "/etc/nginx/",
        "/usr/local/nginx/conf/",
        "/usr/local/openresty/nginx/conf/",
    ];
    let named = installed
        .iter()
        .find_map(|folder| pattern.strip_prefix(folder))
        .unwrap_or(pattern)
        .trim_start_matches('/');
    if named.is_empty() || named.contains('$') || named.contains("://") {
        return Vec::new();
    }
    let mut folder = base;
    loop {
        let Some(wanted) = resolve(folder, named) else {
            return Vec::new();
        };
        let found = glob(&wanted, paths);
        if !found.is_empty() {
            // A file does not include itself.
            return found.into_iter().filter(|path| path != base).collect();
        }
        match folder.rsplit_once('/') {
            Some((above, _)) => folder = above,
            None => return Vec::new(),
        }
    }
}

/// Returns the sorted `paths` that match a pattern with `*`, `?` and `[…]`.
fn glob(pattern: &str, paths: &[String]) -> Vec<String> {
    let literal = pattern.find(['*', '?', '[']).unwrap_or(pattern.len());
    let (prefix, rest) = pattern.split_at(literal);
    let start = paths.partition_point(|path| path.as_str() < prefix);
    let candidates = paths[start..]
        .iter()
        .take_while(|path| path.starts_with(prefix));
    candidates
        .filter(|path| is_match(rest.as_bytes(), &path.as_bytes()[prefix.len()..]))
        .take(MAX_MATCHES + 2)
        .cloned()
        .collect()
}

/// Whether a pattern matches a whole name. A star does not match a slash.
fn is_match(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    // Where to resume when the attempt after the last star fails.
    let mut again = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                again = Some((p, n));
                p += 1;
                continue;
            }
            Some(b'[') if name[n] != b'/' => {
                if let Some(close) = pattern[p..].iter().position(|&byte| byte == b']')
                    && in_class(&pattern[p + 1..p + close], name[n])
                {
                    p += close + 1;
                    n += 1;
                    continue;
                }
            }
            Some(b'?') if name[n] != b'/' => {
                p += 1;
                n += 1;
                continue;
            }
            Some(&byte) if byte == name[n] => {
                p += 1;
                n += 1;
                continue;
            }
            _ => {}
        }
        match again {
            Some((star, from)) if name[from] != b'/' => {
                again = Some((star, from + 1));
                (p, n) = (star + 1, from + 1);
            }
            _ => return false,
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

/// Whether a class (`a-z`, `^.`, `!x`) contains this byte.
fn in_class(class: &[u8], byte: u8) -> bool {
    let (negated, class) = match class {
        [b'^' | b'!', rest @ ..] => (true, rest),
        class => (false, class),
    };
    let mut has = class.contains(&byte);
    for range in class.windows(3).filter(|range| range[1] == b'-') {
        has |= (range[0]..=range[2]).contains(&byte);
    }
    has != negated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_the_shell_means() {
        for (pattern, name, expected) in [
            ("*.conf", "a.conf", true),
            ("*.conf", "a/b.conf", false),
            ("*", "a.conf", true),
            ("a?c", "abc", true),
            ("[^.]*.conf", ".a.conf", false),
            ("[^.]*.conf", "a.conf", true),
            ("[a-c]x", "bx", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("", "", true),
        ] {
            assert_eq!(
                is_match(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
    }

    #[test]
    fn names_are_looked_up_from_folder_to_folder() {
        let paths = [
            "nginx/conf.d/a.conf",
            "nginx/nginx.conf",
            "nginx/sites/b.conf",
        ];
        let paths: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
        let found = matches("nginx/nginx.conf", "/etc/nginx/conf.d/*.conf", &paths);
        assert_eq!(found, ["nginx/conf.d/a.conf"]);
        let found = matches("nginx/conf.d/a.conf", "sites/b.conf", &paths);
        assert_eq!(found, ["nginx/sites/b.conf"]);
        assert!(matches("nginx/nginx.conf", "/etc/letsencrypt/x.conf", &paths).is_empty());
    }
}
