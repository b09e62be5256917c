//! The documents: every link within the repository works, the book has every chapter, and the README is short.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The most words the README may have, including code and tables.
const WORDS: usize = 600;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Markdown files at the top and in `docs`.
fn documents() -> Vec<PathBuf> {
    let mut folders = vec![
        top().to_owned(),
        top().join("docs"),
        top().join("docs/rules"),
    ];
    folders.retain(|folder| folder.is_dir());
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let files = files.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    files
}

/// Returns the text without fenced code, in which brackets are not links.
fn without_code(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Returns the targets of links.
fn links(text: &str) -> Vec<String> {
    let text = without_code(text);
    let parts = text.split("](").skip(1);
    let targets = parts.filter_map(|part| part.split_once(')').map(|(target, _)| target));
    targets.map(str::to_owned).collect()
}

/// Returns the anchors of a page, as GitHub and mdBook derive them from headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let text = without_code(text);
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c })
            .collect::<String>()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    let mut broken = Vec::new();
    let mut count = 0;
    for document in documents() {
        for link in links(&text(&document)) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            count += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match path {
                "" => document.clone(),
                path => document.parent().unwrap().join(path),
            };
            let leads =
                target.exists() && (anchor.is_empty() || anchors(&text(&target)).contains(anchor));
            if !leads {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(count > 50, "only {count} links were read");
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_book_has_every_chapter() {
    let summary = links(&text(&top().join("docs/SUMMARY.md")));
    let listed: BTreeSet<_> = summary.iter().map(String::as_str).collect();
    assert_eq!(listed.len(), summary.len(), "a chapter is listed twice");
    for entry in fs::read_dir(top().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") && name != "SUMMARY.md" {
            assert!(
                listed.contains(name.as_str()),
                "{name} is not in docs/SUMMARY.md"
            );
        }
    }
}

#[test]
fn the_readme_is_short() {
    let words = text(&top().join("README.md")).split_whitespace().count();
    assert!(words <= WORDS, "{words} words");
}
