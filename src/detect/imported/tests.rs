//! Rule files of other scanners: the effect of each of their keys.

use super::*;
use crate::detect::Detector;
use crate::detect::detector::Match;

fn load(text: &str) -> Result<Imported, String> {
    let beside = |name: &str| match name {
        "base.toml" => Ok((name.to_owned(), BASE.to_owned())),
        _ => Err(format!("no such file: {name}")),
    };
    Imported::parse("house.toml", text, &beside).map_err(|error| error.to_string())
}

const BASE: &str = "[[rules]]\nid = \"first\"\nregex = 'FIRST-(\\w+)'\nkeywords = [\"first-\"]\n\
    [[rules]]\nid = \"second\"\nregex = 'SECOND-(\\w+)'\n";

fn detector(text: &str) -> Detector {
    Detector::with_imported(Vec::new(), vec![load(text).unwrap()], Confidence::Medium).unwrap()
}

/// Returns what imported rules find in `text` under `path`, as rule and secret.
fn found(detector: &Detector, path: &str, text: &str) -> Vec<String> {
    let matches = detector.scan(text.as_bytes());
    let counts = |found: &&Match| detector.weigh(found, path).is_some();
    let of_file = |found: &&Match| {
        detector
            .imported
            .as_ref()
            .unwrap()
            .rule(found.rule)
            .is_some()
    };
    matches
        .iter()
        .filter(counts)
        .filter(of_file)
        .map(|found| {
            format!(
                "{}={}",
                detector.rule(found.rule).id,
                &text[found.secret.clone()]
            )
        })
        .collect()
}

#[track_caller]
fn check(rules: &str, path: &str, text: &str, expected: &[&str]) {
    assert_eq!(
        found(&detector(rules), path, text),
        expected,
        "{rules}\n{text}"
    );
}

fn rule(more: &str) -> String {
    format!(
        "[[rules]]\nid = \"house-key\"\nregex = '''house(_key)?=([a-z0-9]+);?'''\nkeywords = [\"House\"]\n{more}\n"
    )
}

#[test]
fn the_first_group_that_holds_anything_is_the_secret() {
    check(&rule(""), "a.txt", "house=abc1", &["house-key=abc1"]);
    check(&rule(""), "a.txt", "house_key=abc1", &["house-key=_key"]);
    check(
        &rule("secretGroup = 2"),
        "a.txt",
        "house_key=abc1;",
        &["house-key=abc1"],
    );
    check(
        "[[rules]]\nid = 'x'\nregex = 'zz\\d+\\n*'",
        "",
        "zz12\n\n",
        &["x=zz12"],
    );
}

#[test]
fn keywords_may_stand_anywhere_in_the_text() {
    let rules = "[[rules]]\nid = 'x'\nregex = 'n=(\\d+)'\nkeywords = ['acme']";
    check(rules, "", "# ACME\n\n\nn=12 and n=13", &["x=12", "x=13"]);
    check(rules, "", "n=12", &[]);
}

#[test]
fn entropy_must_be_exceeded() {
    check(&rule("secretGroup = 2\nentropy = 2"), "", "house=abcd", &[]);
    check(
        &rule("secretGroup = 2\nentropy = 1.9"),
        "",
        "house=abcd",
        &["house-key=abcd"],
    );
}

#[test]
fn paths_narrow_a_rule_or_are_all_of_it() {
    check(
        &rule("path = '''\\.env$'''"),
        "a/.env",
        "house=abc",
        &["house-key=abc"],
    );
    check(&rule("path = '''\\.env$'''"), "a/env.c", "house=abc", &[]);
    let detector = detector(
        "[[rules]]\nid = 'keystore'\npath = '(?i)\\.p12$'\n[[rules.allowlists]]\npaths = ['^samples/']\n",
    );
    let names = |path: &str| detector.rules_of_path(path).count();
    assert_eq!(
        (
            names("a/KEY.P12"),
            names("a/key.p12.txt"),
            names("samples/a.p12")
        ),
        (1, 0, 0)
    );
}

#[test]
fn allowlists_of_a_rule_in_both_forms() {
    for form in ["[rules.allowlist]", "[[rules.allowlists]]"] {
        let check = |list: &str, path: &str, text: &str, expected: &[&str]| {
            check(
                &rule(&format!("secretGroup = 2\n{form}\n{list}")),
                path,
                text,
                expected,
            );
        };
        check(
            "regexes = ['^abc$']",
            "",
            "house=abc house=abcd",
            &["house-key=abcd"],
        );
        check(
            "regexes = ['house_']\nregexTarget = 'match'",
            "",
            "house_key=abc house=abd",
            &["house-key=abd"],
        );
        check(
            "regexes = ['# sample']\nregexTarget = 'line'",
            "",
            "house=abc # sample\nhouse=abd",
            &["house-key=abd"],
        );
        check(
            "stopwords = ['AMPL']",
            "",
            "house=example1 house=abd",
            &["house-key=abd"],
        );
        check("paths = ['^test/']", "test/a", "house=abc", &[]);
        check(
            "paths = ['^test/']",
            "src/a",
            "house=abc",
            &["house-key=abc"],
        );
        check(
            "condition = 'and'\npaths = ['^test/']\nstopwords = ['abc']",
            "test/a",
            "house=abc house=abd",
            &["house-key=abd"],
        );
        check(
            "condition = '&&'\npaths = ['^test/']\nstopwords = ['abc']",
            "a",
            "house=abc",
            &["house-key=abc"],
        );
        check(
            "condition = 'OR'\npaths = ['^test/']\nstopwords = ['abc']",
            "a",
            "house=abc house=abd",
            &["house-key=abd"],
        );
    }
}

#[test]
fn global_allowlists_in_both_forms_and_aimed_ones() {
    for form in ["[allowlist]", "[[allowlists]]", "[AllowList]"] {
        let rules = format!("{}{form}\nstopWords = ['abc']\n", rule("secretGroup = 2"));
        check(&rules, "", "house=abc house=abd", &["house-key=abd"]);
    }
    let rules = format!(
        "{}{BASE}[[allowlists]]\ntargetRules = ['first']\nstopwords = ['abc']\n",
        rule("secretGroup = 2")
    );
    check(
        &rules,
        "",
        "house=abc FIRST-abc FIRST-abd",
        &["house-key=abc", "first=abd"],
    );
}

#[test]
fn what_it_allows_counts_for_built_in_rules_too_where_findings_are_judged() {
    let file = load(&format!(
        "{}[extend]\nuseDefault = true\ndisabledRules = ['slack-bot-token']\n\
         [[allowlists]]\ndescription = 'samples'\npaths = ['^samples/']\n\
         [[allowlists]]\ncommits = ['0123456789abcdef0123456789abcdef01234567']\n\
         [[allowlists]]\ntargetRules = ['generic-api-key']\nregexes = ['known']\nregexTarget = 'line'\n",
        rule("[[rules.allowlists]]\ncommits = ['ffff']")
    ))
    .unwrap();
    let allows = |rule, path, line: &'static str, commit| {
        file.allows(&Candidate {
            rule,
            secret: b"hunter2xyz",
            line: line.as_bytes(),
            path,
            commit,
        })
    };
    assert_eq!(
        allows("generic/password", "samples/a", "", None),
        Some("samples")
    );
    assert_eq!(allows("generic/password", "src/a", "", None), None);
    assert_eq!(allows("generic/password", "src/a", "known", None), Some(""));
    assert_eq!(allows("github/app-token", "src/a", "known", None), None);
    assert_eq!(
        allows("slack/bot-token", "src/a", "", None),
        Some("`slack-bot-token` is in `disabledRules`")
    );
    let commit = Some("0123456789abcdef0123456789abcdef01234567");
    assert_eq!(allows("generic/password", "src/a", "", commit), Some(""));
    assert_eq!(allows("house-key", "src/a", "", commit), Some(""));
    assert_eq!(allows("house-key", "src/a", "", Some("ffff")), Some(""));
    assert_eq!(allows("generic/password", "src/a", "", Some("ffff")), None);
}

#[test]
fn files_are_extended() {
    let text = "[extend]\npath = 'base.toml'\ndisabledRules = ['second']\n\
        [[rules]]\nid = 'first'\ndescription = 'Ours'\n[[rules.allowlists]]\nstopwords = ['abc']\n";
    check(text, "", "FIRST-abc FIRST-abd SECOND-abc", &["first=abd"]);
    let error = load("[extend]\npath = 'gone.toml'\n").unwrap_err();
    assert_eq!(
        error,
        "house.toml:1: `extend.path`: no such file: gone.toml"
    );
}

#[test]
fn a_rule_without_a_pattern_changes_the_built_in_ones() {
    let file = load("[extend]\nuseDefault = true\n[[rules]]\nid = 'generic-api-key'\n[rules.allowlist]\npaths = ['^docs/']\n").unwrap();
    assert!(file.warnings().is_empty() && file.count() == 0);
    let candidate = Candidate {
        rule: "generic/token",
        secret: b"x",
        line: b"",
        path: "docs/a",
        commit: None,
    };
    assert!(file.allows(&candidate).is_some());
    let error = load("[[rules]]\nid = 'generic-api-key'\n").unwrap_err();
    assert_eq!(
        error,
        "house.toml:1: rule `generic-api-key` has neither `regex` nor `path` and detects nothing"
    );
}

#[test]
fn rules_require_others_nearby() {
    let rules = |within: &str| {
        format!(
            "[[rules]]\nid = 'secret'\nregex = 'secret=(\\w+)'\nkeywords = ['secret']\n\
             [[rules.required]]\nid = 'account'\n{within}\n\
             [[rules]]\nid = 'account'\nregex = 'account=(\\d+)'\nkeywords = ['elsewhere']\nskipReport = true\n"
        )
    };
    check(&rules(""), "", "secret=abc", &[]);
    check(
        &rules(""),
        "",
        "account=12\n\n\nsecret=abc",
        &["secret=abc"],
    );
    check(
        &rules("withinLines = 2"),
        "",
        "account=12\n\n\nsecret=abc",
        &[],
    );
    check(
        &rules("withinLines = 3"),
        "",
        "account=12\n\n\nsecret=abc",
        &["secret=abc"],
    );
    check(
        &rules("withinColumns = 4"),
        "",
        "account=12 secret=abc",
        &[],
    );
    check(
        &rules("withinColumns = 4"),
        "",
        "account=12\nsecret=abc",
        &["secret=abc"],
    );
    let detector = detector(&rules(""));
    let text = "account=12\nsecret=ab account=13";
    let matches = detector.scan(text.as_bytes());
    let parts: Vec<_> = matches
        .iter()
        .flat_map(|found| &found.parts)
        .map(|part| &text[part.place.clone()])
        .collect();
    assert_eq!(parts, ["13"]);
}

#[test]
fn filters_are_applied() {
    let filtered = |filter: &str, path: &str, text: &str, expected: &[&str]| {
        check(
            &rule(&format!("secretGroup = 2\nfilter = '''{filter}'''")),
            path,
            text,
            expected,
        );
    };
    let abd = &["house-key=abd"][..];
    filtered(
        "entropy(finding[\"secret\"]) <= 1.0",
        "",
        "house=aab house=abd",
        abd,
    );
    filtered(
        "// why\n matchesAny(finding[\"secret\"], [`^aa`, \"^x\"])",
        "",
        "house=aab house=abd",
        abd,
    );
    filtered(
        "!filter.matchesAny(finding.secret, ['^abd$'])",
        "",
        "house=aab house=abd",
        abd,
    );
    filtered(
        "(containsAny(finding[\"match\"], [\"KEY=aa\"]) && true) || len(finding[\"secret\"]) > 3",
        "",
        "house_key=aab house=abd house=abcd",
        abd,
    );
    filtered(
        "matchesAny(get(attributes, \"path\", \"\"), [`^test/`]) && finding[\"secret\"] == \"aab\"",
        "test/a",
        "house=aab house=abd",
        abd,
    );
    filtered(
        "matchesAny((attributes[\"path\"] ?? \"\"), [`^test/`])",
        "test/a",
        "house=abd",
        &[],
    );
    filtered(
        "finding['secret'] in [\"aab\", \"b\"] or 3 > size(finding[\"secret\"])",
        "",
        "house=aab house=ab house=abd",
        abd,
    );
    let file = load(&rule("filter = 'let a = 1; a == 1'")).unwrap();
    assert_eq!(file.count(), 0);
    assert_eq!(
        file.warnings(),
        [
            "house.toml:5: rule `house-key` is skipped: its filter cannot be applied: `let` in it is not supported"
        ]
    );
}

#[test]
fn what_cannot_be_had_is_said_with_its_place() {
    let text = format!(
        "colour = 1\n{}validate = 'http.get(1)'\nreportGroup = 1\n\
         [[rules]]\nid = 'lost'\nregex = 'x'\n[[rules.required]]\nid = 'gone'\n\
         [[allowlists]]\ntargetRules = ['nobody']\npaths = ['x']\n[extend]\nurl = 'https://example.org/x'\n",
        rule("")
    );
    let warnings = load(&text).unwrap().warnings;
    assert_eq!(
        warnings,
        [
            "house.toml:1: `colour` is unknown and ignored",
            "house.toml:8: `rules.reportgroup` is unknown and ignored",
            "house.toml:17: `extend.url` is not read: gonogo does not use the network",
            "house.toml:14: `targetRules`: unknown rule `nobody`, and no built-in rule corresponds to it",
            "house.toml:2: `validate` of rule `house-key` is not run: gonogo does not use the network (1 rules)",
            "house.toml:12: rule `lost` is skipped: it requires an unknown rule `gone`",
        ]
    );
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    let refused = |text: &str, expected: &str| {
        let error = load(text).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    };
    refused(
        "[[rules]]\nid = 'a'\nregex = '('\n",
        "house.toml:3: rule `a`: `regex` does not compile: ",
    );
    refused(
        "[[rules]]\nid = 'a'\nregex = '((a{900}){900}){900}'\n",
        "house.toml:3: rule `a`: `regex` does not compile: ",
    );
    refused(
        "[[rules]]\nid = 'a'\nregex = 'a'\nsecretGroup = 1\n",
        "house.toml:1: rule `a`: `regex` has no group 1",
    );
    refused(
        "[[rules]]\nregex = 'a'\n",
        "house.toml:1: a rule has no `id`",
    );
    refused(
        "[allowlist]\ndescription = 'x'\n",
        "house.toml:1: an allowlist names neither",
    );
    refused(
        "[allowlist]\npaths = ['(']\n",
        "house.toml:1: allowlist: a pattern does not compile: ",
    );
    refused(
        "[allowlist]\npaths = ['a)|(b', 'c']\n",
        "house.toml:1: allowlist: ",
    );
    refused(
        "[allowlist]\npaths = ['a']\ncondition = 'xor'\n",
        "house.toml:3: `condition` must be",
    );
    refused("[[rules]]\nid = 1\n", "house.toml:2: `id` must be a string");
    refused("[[rules]\n", "house.toml:1: ");
}

#[test]
fn files_are_told_from_those_of_gonogos_own() {
    assert!(file::is_foreign(BASE) && file::is_foreign("[extend]\nuseDefault = true\n"));
    assert!(file::is_foreign("title = 'x'\n"));
    assert!(!file::is_foreign(
        "[[rules]]\nid = 'a/b'\nseverity = 'high'\n"
    ));
    assert!(!file::is_foreign("rules = []\n") && !file::is_foreign("[[rules]\n"));
}

#[test]
fn a_pattern_that_matches_everywhere_is_not_followed_forever() {
    let file = load("[[rules]]\nid = 'any'\nregex = '.'\n").unwrap();
    let detector = Detector::with_imported(Vec::new(), vec![file], Confidence::Medium).unwrap();
    assert_eq!(found(&detector, "", &"ab ".repeat(2_000)).len(), 1_000);
    assert_eq!(detector.imported()[0].late_warnings().len(), 1);
}

proptest::proptest! {
    /// If matches are bounded, searching only around keywords finds the same as searching everywhere.
    #[test]
    fn windows_change_nothing(text in "(k1|K1|=|[ab]|[ab]{3}| |\n){0,60}") {
        let narrow = "[[rules]]\nid = 'x'\nregex = '(?i)[ab]{0,4}k1 ?=?([ab]{1,5})'\nkeywords = ['k1']\n";
        let wide = narrow.replace("keywords = ['k1']\n", "");
        let found = |rules: &str| found(&detector(rules), "", &text);
        proptest::prop_assert_eq!(found(narrow), found(&wide));
    }

    #[test]
    fn no_file_breaks_it(text in "(\\[\\[rules\\]\\]|\\[allowlist\\]|\\[extend\\]|id|regex|paths|filter|=|'a'|\"b\"|\\[|\\]|1|true|\n|,){0,20}") {
        let _ = load(&text);
        let _ = file::is_foreign(&text);
    }

    #[test]
    fn no_filter_breaks_it(text in "(entropy|len|matchesAny|finding|attributes|get|\\(|\\)|\\[|\\]|\"secret\"|`x`|<=|==|in|not|!|&&|\\|\\||1.5|,| |\\?\\?){0,30}") {
        let _ = expression::parse(&text);
    }
}
