//! Tells nginx configuration from all the other files that are named `*.conf`.

use memchr::memmem;

use super::forest::File;
use super::known;
use super::tree::Tree;

/// Words of which nginx configuration has at least one.
const WORDS: &[&str] = &[
    "server",
    "location",
    "upstream",
    "ssl_",
    "add_header",
    "http",
    "proxy_",
    "map ",
    "limit_",
    "events",
    "listen",
    "fastcgi_",
    "gzip",
];

/// Extensions of files that may be nginx configuration wherever they are.
const ENDINGS: &[&str] = &["conf", "vhost", "nginx", "nginxconf"];

/// Extensions that are appended to a name if the file must be filled in or copied first.
#[rustfmt::skip]
const ADDED: &[&str] = &[
    "template", "tmpl", "tpl", "j2", "jinja", "jinja2", "erb", "example", "sample", "dist", "default", "in", "bak",
    "old", "disabled", "off", "ctmpl", "gotmpl", "mustache",
];

/// Returns whether a file may be nginx configuration, judged by its name and words.
pub(super) fn may_be(path: &str, text: &[u8]) -> bool {
    is_named(path)
        && memchr::memchr(b';', text).is_some()
        && WORDS
            .iter()
            .any(|word| memmem::find(text, word.as_bytes()).is_some())
}

/// Returns whether a file may be nginx configuration, judged by its name or its directory.
pub(in crate::audit) fn is_named(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut rest = name;
    while let Some((front, ending)) = rest.rsplit_once('.') {
        if ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
        {
            return true;
        }
        if !ADDED.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
            break;
        }
        rest = front;
    }
    // Sites are often named after their domain.
    has_site_folder(path) && !NOT_SETTINGS.iter().any(|ending| name.ends_with(ending))
}

/// Files in nginx directories that are something else.
#[rustfmt::skip]
const NOT_SETTINGS: &[&str] = &[
    ".md", ".sh", ".yml", ".yaml", ".json", ".html", ".htm", ".js", ".ts", ".py", ".rb", ".go", ".css", ".php", ".c",
    ".h", ".lua", ".pl", ".txt", ".pem", ".crt", ".key", ".rst", ".xml", ".toml", ".tf", ".service", "Dockerfile",
    ".java", ".rs", ".cpp", ".svg", ".sql", ".t", ".patch", ".diff", ".ps1", ".ini",
];

fn has_site_folder(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').any(|folder| {
        matches!(folder, "sites-available" | "sites-enabled" | "openresty")
            || folder.to_ascii_lowercase().contains("nginx")
    })
}

/// Returns whether the path alone shows that this is nginx configuration, whatever it contains.
pub(super) fn is_certain(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.starts_with("nginx.conf")
        || name.ends_with(".vhost")
        || is_named(path) && has_site_folder(path)
}

/// Returns whether a line of the text opens a block of this name.
pub(super) fn has_block(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let rest = line.trim_start().strip_prefix(name);
        rest.is_some_and(|rest| {
            rest.trim_end().ends_with('{') && !rest.starts_with(['=', ':', '-'])
        })
    })
}

/// Returns whether the text defines a server as only nginx does, so that it is nginx configuration even if it does not
/// parse.
pub(super) fn has_server(text: &[u8]) -> bool {
    let has = |word: &str| memmem::find(text, word.as_bytes()).is_some();
    has("server {") && has("listen ") && (has("server_name ") || has("proxy_pass "))
}

/// Returns whether the text is a template that must be rendered first.
pub(super) fn is_template(path: &str, text: &str) -> bool {
    let has = |mark| {
        text.lines()
            .any(|line| !line.trim_start().starts_with('#') && line.contains(mark))
    };
    let ends = |ending| path.ends_with(ending);
    [
        ".j2",
        ".jinja",
        ".jinja2",
        ".erb",
        ".mustache",
        ".ctmpl",
        ".gotmpl",
    ]
    .iter()
    .any(ends)
        || ["{{", "{%", "<%"].iter().any(has)
}

/// Returns the file if it is nginx configuration.
pub(super) fn file(path: &str, text: &str) -> Option<File> {
    let file = parsed(path, text)?;
    is_nginx(path, &file.tree).then_some(file)
}

/// Returns the file if it parses: a file that includes it says that it is nginx configuration.
pub(super) fn parsed(path: &str, text: &str) -> Option<File> {
    if is_template(path, text) {
        return None;
    }
    Some(File {
        path: path.to_owned(),
        text: text.to_owned(),
        tree: Tree::parse(text).ok()?,
    })
}

/// Returns whether a tree is nginx configuration: directives that nginx knows, in blocks that it knows.
pub(super) fn is_nginx(path: &str, tree: &Tree) -> bool {
    let top = tree.within(None);
    let named = |&number: &usize| &tree.directives[number];
    let known = top.iter().map(named).filter(|directive| {
        // `ssl_protocols = …` is Dovecot's.
        let assigns = directive
            .arguments
            .first()
            .is_some_and(|word| word.text.starts_with('='));
        known::is_known(&directive.name.text) && !assigns
    });
    let known = known.count();
    if known == 0 || known * 2 < top.len() {
        return false;
    }
    let has_block = top.iter().any(|&number| {
        let name = tree.directives[number].name.text.as_str();
        let children = tree.within(Some(number));
        let known = children
            .iter()
            .map(named)
            .filter(|child| known::is_known(&child.name.text));
        match name {
            "http" | "server" | "location" | "stream" | "if" => known.count() * 2 > children.len(),
            "upstream" | "events" => known.count() > 0,
            "map" | "geo" | "types" | "split_clients" => !children.is_empty() && is_certain(path),
            _ => false,
        }
    });
    has_block
        || (is_certain(path) || path.to_ascii_lowercase().contains("nginx"))
            && known * 3 >= top.len() * 2
        || is_tls_snippet(tree)
}

/// Whether a file without blocks has settings in a syntax that only nginx uses: `ssl_protocols TLSv1.2 TLSv1.3;`.
fn is_tls_snippet(tree: &Tree) -> bool {
    let top = tree
        .within(None)
        .iter()
        .map(|&number| &tree.directives[number]);
    let mut telling = top.filter(|directive| {
        let first = directive
            .arguments
            .first()
            .map_or("", |word| word.text.as_str());
        !first.starts_with('=')
            && match directive.name.text.as_str() {
                "ssl_protocols" => first.starts_with("TLS") || first.starts_with("SSL"),
                "add_header" | "proxy_set_header" => directive.arguments.len() >= 2,
                "ssl_ciphers" | "proxy_pass" | "limit_req" => !first.is_empty(),
                _ => false,
            }
    });
    telling.next().is_some()
}
