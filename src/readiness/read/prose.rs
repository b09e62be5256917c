//! What documents say: words, numbers, checked and open boxes, and commands in code blocks.

use super::super::amount::Span;
use super::kind::Kind;
use super::pattern::Pattern;
use super::{Corpus, File, name};
use crate::lexicon::path::Role;

/// A document.
pub(crate) struct Document<'t> {
    /// The file.
    pub(crate) file: usize,
    /// Its text.
    pub(crate) text: &'t str,
}

/// Whether a document is about this system, rather than a changelog, a license or an agreement.
fn is_about(file: &File) -> bool {
    let name = name(&file.path).to_ascii_lowercase();
    let is_other = [
        "changelog",
        "changes",
        "history",
        "license",
        "licence",
        "news",
        "contributors",
        "authors",
        "release",
        "copying",
        "robots",
    ]
    .iter()
    .any(|word| name.starts_with(word));
    let is_template = file.path.contains("ISSUE_TEMPLATE")
        || name.contains("pull_request_template")
        || name.starts_with("contributing");
    !is_other
        && !is_template
        && !is_article(&file.path)
        && !is_of_assistants(&file.path)
        && file.role == Role::Shipped
}

/// Whether a text was written for coding assistants: most of those are about frameworks.
fn is_of_assistants(path: &str) -> bool {
    const FOLDERS: [&str; 8] = [
        ".agents",
        ".claude",
        ".codex",
        ".cursor",
        ".gemini",
        ".junie",
        ".kiro",
        ".windsurf",
    ];
    path.split('/').any(|folder| FOLDERS.contains(&folder))
        || path.starts_with(".github/")
            && ["/skills/", "/instructions/", "/prompts/", "/agents/"]
                .iter()
                .any(|folder| path.contains(folder))
}

/// Whether a text is an article that a website publishes, such as a blog post or news: it is not about how this system
/// is run.
fn is_article(path: &str) -> bool {
    const OF_ARTICLES: [&str; 8] = [
        "_drafts",
        "_posts",
        "blog",
        "blogposts",
        "blogs",
        "news",
        "newsletter",
        "posts",
    ];
    const OF_DOCUMENTS: [&str; 6] = [
        "doc",
        "docs",
        "documentation",
        "guides",
        "runbook",
        "runbooks",
    ];
    let (within, own) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = own.split('.').next().unwrap_or(own);
    // A program may be called that, too: documents about it are named in capitals, like `DEPLOYMENT.md`.
    let is_of_program = stem.len() > 2
        && !stem.contains(|c: char| c.is_ascii_lowercase())
        && stem.contains(|c: char| c.is_ascii_uppercase())
        || stem.eq_ignore_ascii_case("readme");
    if is_of_program {
        return false;
    }
    let within = within.to_ascii_lowercase();
    let folders = || within.split('/');
    // Other documents of such a program are further down, and a website may publish documents beside its articles.
    let is_of = |folder: &str| {
        OF_ARTICLES.contains(&folder) || folder.split(['-', '_']).any(|it| it == "blog")
    };
    if let Some(at) = folders().position(is_of) {
        return !folders().skip(at).any(|it| OF_DOCUMENTS.contains(&it));
    }
    own.ends_with(".mdx")
        && folders().any(|it| it == "content" || it == "contents")
        && !folders().any(|it| OF_DOCUMENTS.contains(&it))
}

/// Returns the documents of a system.
pub(crate) fn documents(corpus: &Corpus) -> Vec<Document<'_>> {
    let files = corpus.of(Kind::Prose).filter(|(_, file)| is_about(file));
    let document = |(file, read): (usize, &'_ File)| (file, read.path.len());
    let mut numbers: Vec<_> = files.map(document).map(|(file, _)| file).collect();
    numbers.sort_by_key(|file| {
        let path = corpus.files[*file].path.as_str();
        (path.matches('/').count(), path)
    });
    let made = numbers.into_iter().map(|file| Document {
        file,
        text: &corpus.files[file].text,
    });
    made.collect()
}

impl Document<'_> {
    /// Returns the line of the first heading that contains one of `words`, which are in lower case.
    pub(crate) fn heading(&self, words: &[&str]) -> Option<u32> {
        for (number, line) in lines(self.text) {
            let Some(heading) = heading(line) else {
                continue;
            };
            let heading = heading.to_ascii_lowercase();
            if words.iter().any(|word| heading.contains(word)) {
                return Some(number);
            }
        }
        None
    }

    /// Returns the lines below the heading at `line` that are not empty, up to the next heading of the same level.
    pub(crate) fn body(&self, line: u32) -> Vec<&str> {
        let level = |line: &str| line.chars().take_while(|c| *c == '#').count();
        let mut after = self.text.lines().skip(line as usize - 1);
        let own = after.next().map_or(1, level).max(1);
        let mut is_code = false;
        let body = after.take_while(|line| {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            }
            is_code || !(1..=own).contains(&level(line))
        });
        body.filter(|line| !line.trim().is_empty()).collect()
    }
}

/// Returns the lines of a text with their numbers, counted from 1.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(text.lines())
}

/// Returns the text of a Markdown heading.
pub(crate) fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    ((1..=6).contains(&level) && text.starts_with(' ')).then(|| text.trim())
}

/// Returns the text of an open box in a task list.
pub(crate) fn open_box(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line.strip_prefix(['-', '*', '+'])?.trim_start();
    rest.strip_prefix("[ ]").map(str::trim)
}

static AMOUNT: Pattern =
    Pattern::new(r"(\d+(?:\.\d+)?\s*(?:minutes?|mins?|hours?|hrs?|h|m|days?|d|seconds?|s)\b)");

/// Returns the duration that a line states for one of `names`: `RPO: 1 hour`.
pub(crate) fn stated(document: &Document<'_>, names: &[&str]) -> Option<(u32, Span)> {
    for (number, line) in lines(document.text) {
        for name in names {
            let Some(at) = find_word(line, name) else {
                continue;
            };
            let rest = &line[at + name.len()..];
            let end = rest.find(['.', ';']).unwrap_or(rest.len());
            // Another objective on the same line has its own number.
            let end = ["RTO", "RPO"]
                .iter()
                .filter_map(|other| rest.find(other))
                .min()
                .unwrap_or(end)
                .min(60);
            let Some(rest) = rest.get(..end.min(rest.len())) else {
                continue;
            };
            if let Some(span) = AMOUNT.group(rest).and_then(Span::parse) {
                return Some((number, span));
            }
        }
    }
    None
}

/// Returns where a whole word occurs in a line; case matters if the word has capitals.
pub(crate) fn find_word(line: &str, word: &str) -> Option<usize> {
    let has_capitals = word.chars().any(char::is_uppercase);
    let lower = line.to_ascii_lowercase();
    let text = if has_capitals { line } else { &lower };
    text.match_indices(word).find_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        (!is_part(before) && !is_part(after)).then_some(at)
    })
}

/// Returns the lines of code blocks, with their numbers.
pub(crate) fn code_lines(text: &str) -> Vec<(u32, &str)> {
    let mut is_code = false;
    let mut all = Vec::new();
    for (number, line) in lines(text) {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            is_code = !is_code;
        } else if is_code || line.starts_with("    ") && !trimmed.starts_with(['-', '*', '+']) {
            all.push((number, trimmed));
        }
    }
    all
}

static IN_CONTAINER: Pattern = Pattern::new(
    r"\b(?:kubectl|oc|docker|podman|nerdctl|docker-compose|podman-compose)\s[^\n`]*\b(?:exec|rsh|run|debug)\s|\baws ecs execute-command\b",
);
static SHELL: Pattern =
    Pattern::new(r"(?:^|[\s/])(?:ba|z|a|da)?sh[`'\x22]*\s*(?:$|`)|\boc\s[^\n`]*\brsh\s");
static INSIDE: Pattern = Pattern::new(
    r"(?i)\b(?:inside|within)\s+(?:of\s+)?(?:the|your|this|a|that)\s+(?:[\w*`-]+\s+){0,3}\W{0,2}(?:[\w-]+-)?(?:pod|container)\b|^\s*(?:root|bash-\d\.\d|www-data)(?:@[\w-]+:\S*)?\s?[#$]\s",
);

/// Whether a line runs its command in a container or a pod, so that the files it names are in the image.
pub(crate) fn runs_in_container(line: &str) -> bool {
    IN_CONTAINER.is_in(line)
}

/// Returns the line from which a document's commands run in a container or a pod: a shell is opened there, or the text
/// says so.
pub(crate) fn enters_container(text: &str) -> Option<u32> {
    let enters = |line: &str| IN_CONTAINER.is_in(line) && SHELL.is_in(line) || INSIDE.is_in(line);
    lines(text).find_map(|(number, line)| enters(line).then_some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_are_read() {
        let check = |text: &str, names: &[&str], expected: Option<Span>| {
            let document = Document { file: 0, text };
            assert_eq!(
                stated(&document, names).map(|(_, span)| span),
                expected,
                "{text}"
            );
        };
        let rpo = &["RPO", "recovery point objective"][..];
        check(
            "- Recovery point objective (RPO): 1 hour\n",
            rpo,
            Some(Span::hours(1)),
        );
        check("RTO 4 h, RPO 15 min", rpo, Some(Span::minutes(15)));
        check("RPO and RTO: see below", rpo, None);
        check("the RPO is low; restores take 2 hours", rpo, None);
    }

    #[test]
    fn articles_are_told_from_documents() {
        for (path, expected) in [
            ("content/blog/prop-drilling.mdx", true),
            ("services/site/content/blog/fix-it/index.mdx", true),
            ("_posts/2024-01-02-our-backups.md", true),
            ("src/posts/restore.md", true),
            ("docs/blog/2023-drill.md", true),
            ("site/news/incident.md", true),
            ("content/talks/scale.mdx", true),
            ("tech-blog/restore.md", true),
            ("apps/blog/README.md", false),
            ("apps/blog/DEPLOYMENT.md", false),
            ("blog/docs/restore.md", false),
            ("docs/drills/2024-01-02-restore.md", false),
            ("docs/blog.md", false),
            ("website/content/docs/deploy.mdx", false),
            ("docs/deploy.mdx", false),
            ("postmortems/2024-01-02.md", false),
        ] {
            assert_eq!(is_article(path), expected, "{path}");
        }
    }

    #[test]
    fn shells_in_containers_are_entered() {
        for (line, expected) in [
            ("kubectl exec -it restore-0 bash", true),
            ("$ kubectl -n db exec -ti restore-0 -- /bin/sh", true),
            (
                "Get a shell with `docker compose exec db bash`, and then:",
                true,
            ),
            ("docker run --rm -it backup:1 sh", true),
            ("oc rsh db-0", true),
            ("When inside the pod it points to the primary.", true),
            ("From within your **restore** container, run", true),
            ("root@db-0:/# ./restore.sh", true),
            ("docker exec db ./restore.sh", false),
            ("docker compose up -d", false),
            ("docker compose run app ./deploy.sh", false),
            ("bash ./restore.sh", false),
            ("The app runs in a container.", false),
        ] {
            assert_eq!(enters_container(line).is_some(), expected, "{line}");
        }
        assert!(runs_in_container("docker exec db sh ./restore.sh"));
        assert!(!runs_in_container("./restore.sh db"));
    }

    #[test]
    fn open_boxes_are_told_from_ticked_ones() {
        assert_eq!(open_box("- [ ] Backups"), Some("Backups"));
        assert_eq!(open_box("- [x] Backups"), None);
    }
}
