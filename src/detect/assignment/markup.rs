//! Values between tags: `<password>…</password>`, `<key>password</key><string>…</string>`,
//! `<property name="password">…</property>`, `<password value="…"/>`.

use std::ops::Range;

use super::{GAP_LIMIT, Syntax, VALUE_LIMIT};
use crate::detect::link::Reader;

/// How many bytes of other attributes may be in a tag.
const ATTRIBUTES: usize = 120;
/// How many tags may be between a name and its value.
const TAGS: usize = 4;

/// Returns whether the bytes before and after a name may belong to a tag; nearly always they do not.
pub(in crate::detect) fn may_be_markup(text: &[u8], name: &Range<usize>) -> bool {
    let before = name.start.checked_sub(1).map(|at| text[at]);
    let behind = text.get(name.end);
    match before {
        Some(b'<') => matches!(behind, Some(b'>' | b' ')),
        Some(b':') => matches!(behind, Some(b'>')),
        Some(b'>') => matches!(behind, Some(b'<')),
        Some(b'"' | b'\'') => behind == before.as_ref(),
        _ => false,
    }
}

/// Returns whether more than the bytes next to a name decide that it has no value in markup.
pub(in crate::detect) fn is_far(text: &[u8], name: &Range<usize>) -> bool {
    match text[..name.start].split_last() {
        Some((b'"' | b'\'', before)) => attribute_before(before).is_some(),
        _ => true,
    }
}

/// The attribute that `before` ends with, if its value is a name.
fn attribute_before(before: &[u8]) -> Option<&'static [u8]> {
    const ATTRIBUTES: [&[u8]; 8] = [
        b" name=",
        b" key=",
        b" Name=",
        b" Key=",
        b":Key=",
        b" property=",
        b" Property=",
        b" var=",
    ];
    let mut attributes = ATTRIBUTES.into_iter();
    attributes.find(|it| before.ends_with(it))
}

/// Returns whether a name begins a tag, or is the whole value of an attribute.
pub(in crate::detect) fn is_in_tag(text: &[u8], name: &Range<usize>) -> bool {
    match text[..name.start] {
        [.., b'<'] => true,
        [.., b'=', quote @ (b'"' | b'\'')] => text.get(name.end) == Some(&quote),
        _ => false,
    }
}

/// Returns whether a name is the whole value of an attribute, and the name of the next attribute begins with a sign, as
/// frameworks write bindings: `v-model="password" :readonly="…"`, `formControlName="password" [type]="…"`.
pub(in crate::detect) fn is_bound(text: &[u8], name: &Range<usize>) -> bool {
    let [.., last, b'=', quote @ (b'"' | b'\'')] = text[..name.start] else {
        return false;
    };
    let is_attribute =
        last.is_ascii_alphanumeric() || matches!(last, b']' | b')' | b'-' | b'_' | b'.' | b'$');
    let behind = &text[name.end..text.len().min(name.end + GAP_LIMIT)];
    let Some((_, rest)) = behind.split_first().filter(|(first, _)| **first == quote) else {
        return false;
    };
    let gap = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let begins = matches!(rest.get(gap), Some(b':' | b'[' | b'(' | b'*' | b'#' | b'{'));
    let is_named = rest
        .get(gap + 1)
        .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'(' | b'.' | b'$'));
    is_attribute && gap > 0 && begins && is_named
}

/// Returns whether a framework binds the attribute at `name` to an expression: `:password="form.password"`,
/// `v-bind:password="…"`. An expression that begins with a string counts as text.
pub(in crate::detect) fn is_expression(text: &[u8], name: &Range<usize>) -> bool {
    const BINDS: [&[u8]; 4] = [b"v-bind", b"v-model", b"x-bind", b"bind"];
    let before = &text[name.start.saturating_sub(BINDS[1].len() + 2)..name.start];
    let Some((b':' | b'@', before)) = before.split_last() else {
        return false;
    };
    let begins = before.last().is_some_and(u8::is_ascii_whitespace);
    let binds = || {
        BINDS.iter().any(|bind| {
            let rest = before.strip_suffix(*bind);
            rest.is_some_and(|rest| rest.last().is_none_or(u8::is_ascii_whitespace))
        })
    };
    let behind = text[name.end..].strip_prefix(b"=\"");
    let behind = behind.or_else(|| text[name.end..].strip_prefix(b"='"));
    let is_code =
        behind.is_some_and(|behind| !matches!(behind.first(), Some(b'"' | b'\'' | b'`' | b'&')));
    is_code && (begins || binds())
}

/// Returns whether the first attribute of the tag at `name` only refers to something: `<credential alias="…">`,
/// `<password ref="…">`. An element with text still has a value: `<password type="plain">…</password>`.
pub(in crate::detect) fn refers(text: &[u8], name: &Range<usize>) -> bool {
    #[rustfmt::skip]
    const REFERENCES: [&[u8]; 31] = [
        b"alias", b"ref", b"refid", b"idref", b"id", b"name", b"href", b"src", b"class", b"type", b"for", b"path", b"file",
        b"filename", b"location", b"property", b"bean", b"label", b"title", b"field", b"column", b"prompt", b"hint",
        b"placeholder", b"env", b"variable", b"provider", b"scope", b"encoding", b"store", b"slot",
    ];
    const ENDINGS: [&[u8]; 8] = [
        b"ref", b"alias", b"-id", b"Id", b"-name", b"Name", b":id", b":href",
    ];
    if !text[..name.start].ends_with(b"<") || text.get(name.end) != Some(&b' ') {
        return false;
    }
    let behind = &text[name.end + 1..text.len().min(name.end + 1 + GAP_LIMIT)];
    let is_of_name =
        |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    let attribute = &behind[..behind.iter().take_while(is_of_name).count()];
    let is_end = |end: &&[u8]| {
        let from = attribute.len().checked_sub(end.len());
        from.is_some_and(|from| match end[0] {
            b'r' | b'a' => attribute[from..].eq_ignore_ascii_case(end),
            _ => attribute.ends_with(end),
        })
    };
    behind.get(attribute.len()) == Some(&b'=')
        && !has_text(behind)
        && (REFERENCES
            .iter()
            .any(|it| it.eq_ignore_ascii_case(attribute))
            || ENDINGS.iter().any(is_end))
}

/// Whether the tag that ends in `behind` is followed by text and not by another tag, as far as `behind` shows.
fn has_text(behind: &[u8]) -> bool {
    let end = behind.iter().position(|byte| *byte == b'>');
    let Some((tag, content)) = end.map(|end| (&behind[..end], &behind[end + 1..])) else {
        return false;
    };
    let content = content.trim_ascii_start();
    !tag.ends_with(b"/") && content.first().is_some_and(|first| *first != b'<')
}

/// Returns the value of a name in markup, and its syntax.
pub(in crate::detect) fn value(text: &[u8], name: &Range<usize>) -> Option<(Range<usize>, Syntax)> {
    let before = &text[name.start.saturating_sub(GAP_LIMIT)..name.start];
    match before.last()? {
        b'<' => of_element(text, name.end),
        b':' => {
            let prefix = memchr::memrchr(b'<', before)?;
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            let inner = &before[prefix + 1..before.len() - 1];
            (!inner.is_empty() && inner.iter().all(is_name)).then(|| of_element(text, name.end))?
        }
        b'>' => {
            let tag = before.strip_suffix(b">")?;
            let is_key = [
                &b"<key"[..],
                b"<name",
                b"<Key",
                b"<Name",
                b"\"Argument.name\"",
                b"\"Header.name\"",
            ];
            if !is_key.iter().any(|opened| tag.ends_with(opened)) {
                return None;
            }
            Some((between(text, name.end)?, Syntax::Argument))
        }
        b'"' | b'\'' => of_attribute(text, name, before),
        _ => None,
    }
}

/// The value of the element whose name ends at `at`.
fn of_element(text: &[u8], at: usize) -> Option<(Range<usize>, Syntax)> {
    if text.get(at) == Some(&b'>') {
        let is_plain = !matches!(text.get(at + 1), Some(b'<'));
        let syntax = if is_plain {
            Syntax::Element
        } else {
            Syntax::Argument
        };
        return Some((between(text, at + 1)?, syntax));
    }
    let tag = tag(text, at)?;
    let attributes = &text[tag.clone()];
    if let Some(value) = attribute(text, &tag, b" value=") {
        return Some((value, Syntax::Argument));
    }
    let is_empty = attributes.ends_with(b"/");
    (!is_empty).then(|| Some((between(text, tag.end + 1)?, Syntax::Argument)))?
}

/// The value of an element whose `name`, `key` or similar attribute holds the name.
fn of_attribute(text: &[u8], name: &Range<usize>, before: &[u8]) -> Option<(Range<usize>, Syntax)> {
    let before = &before[..before.len() - 1];
    let attribute_start = attribute_before(before)?.len();
    let opened = text[..name.start].iter().rev().take(ATTRIBUTES);
    let opened = name.start - 1 - opened.take_while(|&&byte| byte != b'<').count();
    if text.get(opened) != Some(&b'<') || text[opened..name.start].contains(&b'>') {
        return None;
    }
    let tag = tag(text, name.end + 1)?;
    if is_given_to_page(&text[opened..tag.end], &text[name.clone()]) {
        return None;
    }
    for word in [&b" value="[..], b" content=", b" Value="] {
        let earlier = opened..name.start - 1 - attribute_start;
        let found = attribute(text, &tag, word).or_else(|| attribute(text, &earlier, word));
        if let Some(value) = found {
            return Some((value, Syntax::Argument));
        }
    }
    let is_empty = text[tag.clone()].ends_with(b"/");
    (!is_empty).then(|| Some((between(text, tag.end + 1)?, Syntax::Argument)))?
}

/// Returns whether the name at `name` is that of an element whose value is shown to each visitor of a page.
pub(in crate::detect) fn is_of_page(text: &[u8], name: &Range<usize>) -> bool {
    let before = &text[name.start.saturating_sub(ATTRIBUTES)..name.start];
    let behind = &text[name.end..text.len().min(name.end + ATTRIBUTES)];
    let Some(opened) = memchr::memrchr2(b'<', b'>', before) else {
        return false;
    };
    let end = memchr::memchr2(b'<', b'>', behind).unwrap_or(behind.len());
    let element = name.start - (before.len() - opened)..name.end + end;
    is_given_to_page(&text[element], &text[name.clone()])
}

/// Whether the value of an element is shown to each visitor of a page: a hidden form field that the server
/// generated, or a `<meta>` for the scripts of the page.
fn is_given_to_page(element: &[u8], name: &[u8]) -> bool {
    // Names in lower case, without anything but letters and digits.
    #[rustfmt::skip]
    const SENT_BACK: [&[u8]; 17] = [
        b"token", b"formkey", b"formtoken", b"logintoken", b"wplogintoken", b"wpedittoken", b"edittoken", b"securitytoken",
        b"requesttoken", b"sessiontoken", b"sesskey", b"posttoken", b"pagetoken", b"submittoken", b"hashtoken", b"logouttoken",
        b"actiontoken",
    ];
    const SHOWN: [&[u8]; 3] = [b"key", b"id", b"token"];
    let starts = |word: &[u8]| {
        element
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let letters = name.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let flat: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    if starts(b"<meta") {
        let promises = [&b"secret"[..], b"private", b"pass"];
        return SHOWN.iter().any(|end| flat.ends_with(end))
            && !promises
                .iter()
                .any(|word| memchr::memmem::find(&flat, word).is_some());
    }
    let is_hidden = || memchr::memmem::find(element, b"hidden").is_some();
    starts(b"<input") && SENT_BACK.contains(&flat.as_slice()) && is_hidden()
}

/// The rest of the tag at `at`, up to its `>`.
fn tag(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let near = &rest[..rest.len().min(ATTRIBUTES)];
    let end = memchr::memchr2(b'>', b'<', near)?;
    (near[end] == b'>').then_some(at..at + end)
}

/// The value of `attribute`, which includes the space before its name and the `=` after it.
fn attribute(text: &[u8], tag: &Range<usize>, attribute: &[u8]) -> Option<Range<usize>> {
    let at = memchr::memmem::find(&text[tag.clone()], attribute)?;
    let mut reader = Reader::new(text, tag.start + at + attribute.len());
    reader.is_at_string().then(|| reader.string()).flatten()
}

/// The text after `at`, past tags that may be between a name and a value.
fn between(text: &[u8], mut at: usize) -> Option<Range<usize>> {
    const BETWEEN: [&[u8]; 15] = [
        b"</stringProp>",
        b"<stringProp name=\"Argument.value\">",
        b"<stringProp name=\"Header.value\">",
        b"</key>",
        b"</name>",
        b"</Key>",
        b"</Name>",
        b"<string>",
        b"<value>",
        b"<Value>",
        b"<array>",
        b"<![CDATA[",
        b"<str>",
        b"<string><![CDATA[",
        b"<list>",
    ];
    at += space(text, at);
    let mut is_character_data = false;
    for _ in 0..TAGS {
        let Some(tag) = BETWEEN.iter().find(|tag| text[at..].starts_with(tag)) else {
            break;
        };
        is_character_data |= tag.ends_with(b"[CDATA[");
        at += tag.len();
        at += space(text, at);
    }
    let near = &text[at..text.len().min(at + VALUE_LIMIT)];
    // In a CDATA section, `<` has no special meaning.
    let end = if is_character_data {
        memchr::memmem::find(near, b"]]>")?
    } else {
        memchr::memchr(b'<', near)?
    };
    let value = near[..end].trim_ascii_end();
    let behind = near[end..].strip_prefix(b"]]>").unwrap_or(&near[end..]);
    let is_closed = behind.trim_ascii_start().starts_with(b"</");
    (is_closed && !value.is_empty() && !value.contains(&b'\n')).then(|| at..at + value.len())
}

fn space(text: &[u8], at: usize) -> usize {
    let near = text[at..].iter().take(2 * GAP_LIMIT);
    near.take_while(|byte| byte.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let at = text.find("pass").unwrap();
        let name = at..at + 8;
        let found = may_be_markup(text.as_bytes(), &name)
            .then(|| value(text.as_bytes(), &name))
            .flatten();
        assert_eq!(found.map(|(value, _)| &text[value]), expected, "{text}");
    }

    #[test]
    fn elements_attributes_and_keys() {
        for text in [
            "<password>abc1</password>",
            "<password>\n  abc1\n</password>",
            "<password type=\"text\">abc1</password>",
            "<a:password>abc1</a:password>",
            "<password><![CDATA[abc1]]></password>",
            "<password>\n  <![CDATA[abc1]]>\n</password>",
            "<string name=\"password\"><![CDATA[abc1]]></string>",
            "<password value=\"abc1\"/>",
            "<password><Value>abc1</Value></password>",
            "<string name=\"password\">abc1</string>",
            "<string name=\"password\" translatable=\"false\">abc1</string>",
            "<property name=\"password\"><value>abc1</value></property>",
            "<property><name>password</name><value>abc1</value></property>",
            "<key>password</key>\n  <string>abc1</string>",
            "<add value=\"abc1\" key=\"password\"/>",
            "<a name=\"password\" override=\"false\" value=\"abc1\"/>",
            "<meta name=\"password\" content=\"abc1\">",
        ] {
            check(text, Some("abc1"));
        }
    }

    #[test]
    fn character_data_ends_with_its_own_mark() {
        for value in ["a<b1", "a</b1", "<a>b1", "a<b>1</b>", "a]]b1", "a>b1&amp;"] {
            for text in [
                format!("<password><![CDATA[{value}]]></password>"),
                format!("<property name=\"password\"><value><![CDATA[{value}]]></value>"),
            ] {
                check(&text, Some(value));
            }
        }
        for text in [
            "<password><![CDATA[a<b1</password>",
            "<password><![CDATA[a<b1]]> and more</password>",
            "<password><![CDATA[]]></password>",
            "<password>a<b1]]></password>",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn what_a_page_gives_its_visitors_is_no_value() {
        let check = |text: &str, name: &str, expected: Option<&str>| {
            let at = text.find(name).unwrap();
            let found = value(text.as_bytes(), &(at..at + name.len()));
            assert_eq!(found.map(|(value, _)| &text[value]), expected, "{text}");
        };
        for (text, name) in [
            (
                "<input type=\"hidden\" name=\"_token\" value=\"abc1\">",
                "_token",
            ),
            (
                "<input name=\"form_key\" type=\"hidden\" value=\"abc1\" />",
                "form_key",
            ),
            (
                "<input\n  name=\"logintoken\"\n  type=\"hidden\"\n  value=\"abc1\"\n/>",
                "logintoken",
            ),
            ("<meta name=\"api-token\" content=\"abc1\">", "api-token"),
        ] {
            check(text, name, None);
        }
        for (text, name) in [
            (
                "<input type=\"hidden\" name=\"api_key\" value=\"abc1\">",
                "api_key",
            ),
            (
                "<input type=\"text\" name=\"token\" value=\"abc1\">",
                "token",
            ),
            (
                "<meta name=\"client-secret\" content=\"abc1\">",
                "client-secret",
            ),
            ("<property name=\"token\" value=\"abc1\"/>", "token"),
        ] {
            check(text, name, Some("abc1"));
        }
    }

    fn name_of(text: &str, name: &str) -> Range<usize> {
        let at = text.find(name).unwrap();
        at..at + name.len()
    }

    #[test]
    fn attributes_that_frameworks_bind_are_no_text() {
        for text in [
            "<a v-model=\"password\" :readonly=\"!editable\">",
            "<a formControlName=\"password\" [type]=\"kind\">",
            "<a [(ngModel)]=\"password\" (input)=\"check()\">",
            "<a formControlName='password' *ngIf='x'>",
            "<a bind:value=\"password\" {...rest}>",
        ] {
            assert!(
                is_bound(text.as_bytes(), &name_of(text, "password")),
                "{text}"
            );
        }
        for text in [
            "{\"password\" : \"abc1\"}",
            "{\"password\": \"abc1\"}",
            "a = b ?\"password\" : \"other\"",
            "a=\"password\", b=\"c\"",
            "a == \"password\" (b)",
        ] {
            assert!(
                !is_bound(text.as_bytes(), &name_of(text, "password")),
                "{text}"
            );
        }
        for text in [
            "<a :password=\"form.password\">",
            "<a v-bind:password=\"own9\">",
            "<a\n  :password='own9'>",
        ] {
            assert!(
                is_expression(text.as_bytes(), &name_of(text, "password")),
                "{text}"
            );
        }
        for text in [
            "<a :password=\"'abc1'\">",
            "<a password=\"abc1\">",
            "<a xs:password=\"abc1\">",
            ":password => \"abc1\"",
        ] {
            assert!(
                !is_expression(text.as_bytes(), &name_of(text, "password")),
                "{text}"
            );
        }
    }

    #[test]
    fn attributes_that_refer_to_something_have_no_value() {
        for text in [
            "<password alias=\"a\"/>",
            "<password ref=\"a\"/>",
            "<password keystore-ref=\"a\"/>",
            "<password storeRef=\"a\"/>",
            "<password idref=\"a\"/>",
            "<password userName=\"a\"/>",
            "<password ref=\"a\"></password>",
            "<password ref=\"a\">\n  <b/>",
        ] {
            assert!(
                refers(text.as_bytes(), &name_of(text, "password")),
                "{text}"
            );
        }
        for text in [
            "<password value=\"a\"/>",
            "<password plain=\"a\"/>",
            "<password text=\"a\"/>",
            "password alias=\"a\"",
            "<password type=\"plain\">abc1</password>",
            "<password encoding=\"text\">\n  abc1\n</password>",
        ] {
            assert!(
                !refers(text.as_bytes(), &name_of(text, "password")),
                "{text}"
            );
        }
    }

    #[test]
    fn other_elements() {
        for text in [
            "<password></password>",
            "<password/>",
            "<password><b>x</b></password>",
            "<label>password</label><string>abc1</string>",
            "<input name=\"password\">\n<p>abc1</p>",
            "<input type=\"password\" value=\"abc1\">",
            "<key>password</key><true/>",
        ] {
            check(text, None);
        }
    }
}
