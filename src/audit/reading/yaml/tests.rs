//! Tables for the tree, and a property test that no input breaks it.

use proptest::prelude::*;

use super::*;

fn tree(text: &str) -> Tree {
    match parse(text) {
        Ok(tree) => tree,
        Err(defect) => panic!("{defect:?}\n{text}"),
    }
}

/// Checks every scalar of `text` as written, in order.
fn check_spans(text: &str, expected: &[&str]) {
    let tree = tree(text);
    let mut spans: Vec<Span> = tree
        .nodes()
        .filter(|node| node.text().is_some())
        .map(Value::span)
        .collect();
    spans.sort_by_key(|span| (span.start, span.end));
    let written: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
    assert_eq!(written, expected, "{text:?}");
}

/// Returns the tree on one line, as a program would see it.
fn shown(value: Value) -> String {
    if let Some(text) = value.text() {
        return text.to_owned();
    }
    if value.is_sequence() {
        let items: Vec<_> = value.items().map(shown).collect();
        return format!("[{}]", items.join(" "));
    }
    let entries: Vec<_> = value
        .entries()
        .map(|entry| format!("{}={}", shown(entry.key), shown(entry.value)))
        .collect();
    format!("{{{}}}", entries.join(" "))
}

fn check_shape(text: &str, expected: &str) {
    let tree = tree(text);
    let documents: Vec<_> = tree.documents().map(shown).collect();
    assert_eq!(documents.join(" | "), expected, "{text:?}");
}

#[test]
fn spans_are_bytes_of_what_was_written() {
    check_spans("a: b", &["a", "b"]);
    check_spans("ä: ö # ü\nb: 'ü' # x\n", &["ä", "ö", "b", "'ü'"]);
    check_spans(
        "a: \"q\\\"\\u00e4\" # ü\r\nd: é\r\n",
        &["a", "\"q\\\"\\u00e4\"", "d", "é"],
    );
    check_spans("\u{feff}a: b", &["a", "b"]);
    check_spans("a: 'it''s' # c\n", &["a", "'it''s'"]);
    check_spans("a: &x !t  v\nb: *x\n", &["a", "v", "b"]);
    check_spans(
        "a: !vault |\n    one\n    two\nb: c\n",
        &["a", "one\n    two", "b", "c"],
    );
    check_spans("a: >-\n  x\n\nb:\tc\n", &["a", "x", "b", "c"]);
    check_spans("- a # b\n- \n- {c: d}\n", &["a", "", "c", "d"]);
    check_spans("a: one\n  two  \nb: c", &["a", "one\n  two", "b", "c"]);
}

#[test]
fn collections_reach_from_first_to_last_character() {
    let check = |text: &str, key: &str, expected: &str| {
        let tree = tree(text);
        let root = tree.documents().next().unwrap();
        assert_eq!(&text[root.get(key).unwrap().span()], expected);
    };
    check("a: {b: [c, d] }  # e\n", "a", "{b: [c, d] }");
    check("a: &x\n  b: c\n  d: 'e'\nf: g\n", "a", "b: c\n  d: 'e'");
    check(
        "a:\n  - target: 80\n    published: 1\n\nb: c\n",
        "a",
        "target: 80\n    published: 1",
    );
}

#[test]
fn aliases_share_and_remember_the_way() {
    let text = "x: &a {k: v}\ny: *a\n";
    let tree = tree(text);
    let root = tree.documents().next().unwrap();
    let (x, y) = (root.get("x").unwrap(), root.get("y").unwrap());
    assert_eq!(x.span(), y.span());
    assert_eq!(x.via(), None);
    assert_eq!(&text[y.via().unwrap()], "*a");
}

#[test]
fn merge_keys_are_resolved() {
    check_shape(
        "a: &a {k: 1, l: 2}\nb:\n  <<: *a\n  k: 3\n",
        "{a={k=1 l=2} b={k=3 l=2}}",
    );
    check_shape("b: {k: 3, <<: {k: 1, m: 4}}", "{b={k=3 m=4}}");
    check_shape(
        "a: &a {k: 1}\nb: &b {k: 2, l: 5}\nc: {<<: [*a, *b]}\n",
        "{a={k=1} b={k=2 l=5} c={k=1 l=5}}",
    );
    check_shape(
        "a: &a {k: 1}\nb: &b {<<: *a, l: 2}\nc:\n  <<: *b\n",
        "{a={k=1} b={l=2 k=1} c={l=2 k=1}}",
    );
    check_shape("a: {'<<': b}", "{a={<<=b}}");
    check_shape("a: {<<: b, c: d}", "{a={c=d}}");
    let text = "a: &a {k: v}\nb:\n  <<: *a\n";
    let tree = tree(text);
    let k = tree
        .documents()
        .next()
        .and_then(|root| root.get("b")?.get("k"))
        .unwrap();
    assert_eq!((&text[k.span()], &text[k.via().unwrap()]), ("v", "*a"));
}

#[test]
fn tolerates_what_programs_tolerate() {
    check_shape("a: 1\nb: 2\na: 3\n", "{a=3 b=2}");
    check_shape("a: 1\n---\nb: 2\n...\n", "{a=1} | {b=2}");
    check_shape("a: &x [*x]", "{a=[]}");
    check_shape("a: !reset []\nb: !override {c: d}\n", "{a=[] b={c=d}}");
    check_shape(
        "a:\n  b: [\n    1, # one ]\n    '# 2'\n  ]\n  c: 3\n",
        "{a={b=[1 # 2] c=3}}",
    );
    check_shape(
        "a:\n  b: {\n    c: 1 # ü\n\n  }\n  d: 3\n",
        "{a={b={c=1} d=3}}",
    );
    check_shape("", "");
    check_shape("# only a comment\n", "");
    let tree = tree("a: 1\na: 2\n");
    let root = tree.documents().next().unwrap();
    assert_eq!(
        root.shadowed()
            .map(|entry| shown(entry.value))
            .collect::<Vec<_>>(),
        ["1"]
    );
    assert_eq!(
        super::parse("a: !reset []")
            .unwrap()
            .documents()
            .next()
            .unwrap()
            .get("a")
            .unwrap()
            .tag(),
        Some("reset")
    );
}

#[test]
fn defects_have_a_place() {
    let defect = parse("a: b\nc: @d\n").unwrap_err();
    assert_eq!(defect.byte, 8);
    assert!(parse(&"[".repeat(10_000)).is_err());
    assert!(parse(&"{a: ".repeat(10_000)).is_err());
}

#[test]
fn laughs_are_shared_or_refused() {
    let level = |level: usize| {
        let before = level - 1;
        format!("a{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n")
    };
    let text = format!("a0: &a0 [lol]\n{}", (1..40).map(level).collect::<String>());
    assert!(tree(&text).nodes.len() < 200);

    let keys: Vec<_> = (0..2_000).map(|key| format!("k{key}: v")).collect();
    let keys = keys.join(", ");
    let copies = "- {<<: *a}\n".repeat(200);
    let text = format!("- &a {{{keys}}}\n{copies}");
    assert!(parse(&text).is_err());
}

fn check_any(text: &str) {
    if let Ok(tree) = parse(text) {
        for node in tree.nodes() {
            let span = node.span();
            assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
        }
        // A small text must not expand into a large one, so this walks only the links.
        for node in tree.nodes() {
            for via in node
                .items()
                .chain(node.entries().map(|entry| entry.value))
                .filter_map(Value::via)
            {
                assert!(text.get(via).is_some(), "{text:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_string_breaks_it(text in any::<String>()) {
        check_any(&text);
    }

    #[test]
    fn nothing_made_of_yaml_marks_breaks_it(
        text in proptest::collection::vec(
            proptest::sample::select(vec![
                "a", "ä", "€", "😀", ":", ": ", "-", "- ", "\n", "\n  ", "\r\n", "\r", "\t", "{", "}", "[", "]", ",", "&a ", "*a",
                "<<: ", "!t ", "!!str ", "|\n", ">-\n  ", "'", "\"", "\\", "#", " # ", "? ", "%", "@", "`", "---\n", "...\n", "\u{feff}",
                "\u{85}", "\u{2028}", "\0", "\\u00e4", "~", "null", "  ",
            ]),
            0..40,
        )
    ) {
        check_any(&text.concat());
    }
}

#[test]
fn an_alias_across_documents_is_known() {
    let crossing = |text: &str| parse(text).unwrap().crossing();
    assert_eq!(crossing("a: &x {b: 1}\n---\nc: *x\n"), Some(20));
    assert_eq!(crossing("a: &x {b: 1}\nd: *x\n---\nc: &x 1\ne: *x\n"), None);
}
