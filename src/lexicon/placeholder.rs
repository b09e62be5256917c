//! Recognises values that were meant to be replaced before shipping: `CHANGE_ME`, `<your-token>`, `xxxx`.
//!
//! Meant for values in the slot of a credential; in running text most of these words are harmless. Whether the text is
//! a template whose `{{ … }}` will be filled in is known to the caller, not to this module.

mod abroad;
mod masked;
mod slot;

use super::leet;
use super::words::Words;

use masked::is_masked;
pub use slot::in_slot;

/// Why a value is taken for a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placeholder {
    /// `CHANGE_ME`, `changeit`, `please-change-this`.
    ChangeMe,
    /// `replace-with-a-random-string`, `updateMe`.
    Replace,
    /// `your-api-key`, `YOUR_TOKEN`.
    Your,
    /// `put-your-key-here`, `generate_a_random_string_here`, `API_KEY_HERE`.
    Instruction,
    /// `toBeModified1`, `must-be-changed`.
    ToBe,
    /// `placeholder`, `dummy`, `sample`, `example-key`.
    Word,
    /// `todo`, `tbd`, `none`, `null`, `n/a`: the whole value says that there is none.
    Nothing,
    /// `<token>`, `[[ key ]]`, `{{ key }}`, `%KEY%`, `__KEY__`: the whole value is a slot.
    Bracketed,
    /// `xxxx`, `***`, `sk-…`: the value was blanked out.
    Masked,
    /// `000000`: the value is one digit repeated, and works as it is.
    Repeated,
    /// `super-secret-key`, `MySecurePassword`: a value that only claims to be a secret.
    Boast,
}

impl Placeholder {
    /// Every class.
    pub const ALL: [Self; 11] = [
        Self::ChangeMe,
        Self::Replace,
        Self::Your,
        Self::Instruction,
        Self::ToBe,
        Self::Word,
        Self::Nothing,
        Self::Bracketed,
        Self::Masked,
        Self::Repeated,
        Self::Boast,
    ];

    /// Returns a short name for reports and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChangeMe => "change-me",
            Self::Replace => "replace",
            Self::Your => "your",
            Self::Instruction => "instruction",
            Self::ToBe => "to-be",
            Self::Word => "word",
            Self::Nothing => "nothing",
            Self::Bracketed => "bracketed",
            Self::Masked => "masked",
            Self::Repeated => "repeated",
            Self::Boast => "boast",
        }
    }

    /// Returns what the value does, to follow "a value that" in a message.
    pub fn description(self) -> &'static str {
        match self {
            Self::ChangeMe => "asks to be changed",
            Self::Replace => "asks to be replaced",
            Self::Your => "asks for \"your\" own value",
            Self::Instruction => "describes what to write here",
            Self::ToBe => "is marked as still to be set",
            Self::Word => "is a dummy or example word",
            Self::Nothing => "states that no value is set",
            Self::Bracketed => "is an empty template slot",
            Self::Masked => "is masked",
            Self::Repeated => "is all zeros, which anyone can guess",
            Self::Boast => "only claims to be secret",
        }
    }

    /// Returns whether nobody can have meant the value to stay; the others can be a lazy choice of a real value.
    pub fn is_unmistakable(self) -> bool {
        !matches!(
            self,
            Self::Word | Self::Nothing | Self::Masked | Self::Repeated | Self::Boast
        )
    }
}

/// Returns the class of placeholder that `value`, written where a credential belongs, is; `None` if it is none.
///
/// Surrounding quotes and the case of letters do not matter, nor whether words are joined by `_`, `-`, `.`, spaces or
/// nothing. A value with a random part is not a placeholder, whatever words are next to that part.
pub fn classify(value: &str) -> Option<Placeholder> {
    let value = value
        .trim()
        .trim_matches(|c| matches!(c, '"' | '\'' | '`'))
        .trim();
    if value.is_empty() || value.len() > 192 {
        return None;
    }
    if is_nothing(value) {
        return Some(Placeholder::Nothing);
    }
    if is_masked(value) {
        let is_zeros = value.bytes().all(|byte| matches!(byte, b'0' | b'-'));
        return Some(if is_zeros {
            Placeholder::Repeated
        } else {
            Placeholder::Masked
        });
    }
    if is_bracketed(value) {
        return Some(Placeholder::Bracketed);
    }
    // Django's own mark for a key that its project template generated; the rest is random by design.
    if value.starts_with("django-insecure-") {
        return Some(Placeholder::Word);
    }
    if is_excuse(value) || is_mock(value) {
        return Some(Placeholder::Word);
    }
    if let Some(plain) = leet::plain(value) {
        let by_plain = || by_words(&Words::split(&plain)?, &plain);
        // A boast in such letters is somebody's password.
        if let Some(class) = by_plain().filter(|class| class.is_unmistakable()) {
            return Some(class);
        }
    }
    if has_random_part(value) {
        return None;
    }
    by_words(&Words::split(value)?, value)
}

/// Returns whether a value is a placeholder that nobody takes for a secret. Such values are shown: `CHANGE_ME` itself
/// says best what is wrong.
pub fn says_what_it_is(value: &str) -> bool {
    classify(value).is_some_and(Placeholder::is_unmistakable)
}

fn by_words(words: &Words, value: &str) -> Option<Placeholder> {
    if abroad::asks_to_be_changed(words) {
        return Some(Placeholder::ChangeMe);
    }
    if asks_for(words, &["change"], CHANGE_WHAT) || names_what_to_change(value) {
        return Some(Placeholder::ChangeMe);
    }
    if asks_for(words, &["replace", "update", "modify"], REPLACE_WHAT) || says_where(words) {
        return Some(Placeholder::Replace);
    }
    if is_to_be(words) {
        return Some(Placeholder::ToBe);
    }
    if is_instruction(words) {
        return Some(Placeholder::Instruction);
    }
    if is_your(words) {
        return Some(Placeholder::Your);
    }
    if names_itself(words, value) {
        return Some(Placeholder::Word);
    }
    is_boast(words).then_some(Placeholder::Boast)
}

/// `changeRunnerAuthToken`: the verb, and what it is the value of.
fn names_what_to_change(value: &str) -> bool {
    const THINGS: &[&str] = &["Password", "Key", "Token", "Secret", "User", "Passphrase"];
    let rest = value.strip_prefix("change").unwrap_or_default();
    rest.starts_with(|c: char| c.is_ascii_uppercase())
        && rest.bytes().all(|byte| byte.is_ascii_alphabetic())
        && THINGS.iter().any(|thing| rest.ends_with(thing))
}

const CHANGE_WHAT: &[&str] = &[
    "me", "this", "that", "it", "in", "to", "the", "now", "asap", "please", "pls", "before",
    "after", "default", "password", "passwd", "secret", "key", "token", "value", "your", "my",
    "these", "on", "for",
];
const REPLACE_WHAT: &[&str] = &[
    "me", "this", "that", "it", "with", "in", "the", "your", "before", "please", "by", "value",
    "key", "token", "secret", "password",
];

/// Whether one of `verbs` is alone or is followed by one of `objects`.
///
/// The verb must be a whole word: `exchange` and `interchange` ask for nothing.
fn asks_for(words: &Words, verbs: &[&str], objects: &[&str]) -> bool {
    (0..words.len()).any(|at| {
        let next = words.get(at + 1);
        verbs.contains(&words.get(at)) && (words.len() == 1 || objects.contains(&next))
    })
}

/// `GET_FROM_THE_PORTAL`, `copy this from Vault`, `ask-your-admin`: where the value is had.
fn says_where(words: &Words) -> bool {
    const GET: &[&str] = &[
        "get", "fetch", "copy", "take", "grab", "obtain", "retrieve", "paste",
    ];
    const IT: &[&str] = &[
        "it", "this", "these", "that", "yours", "key", "token", "value",
    ];
    const WHOM: &[&str] = &[
        "your", "the", "for", "an", "admin", "someone", "devops", "ops",
    ];
    let from = 1 + usize::from(IT.contains(&words.get(1)));
    let is_got = GET.contains(&words.get(0)) && words.get(from) == "from";
    let is_asked = words.get(0) == "ask" && WHOM.contains(&words.get(1));
    words.len() > 2 && (is_got || is_asked)
}

/// `to be modified`, `must be changed`, `toBeSet`.
fn is_to_be(words: &Words) -> bool {
    #[rustfmt::skip]
    const DONE: &[&str] = &[
        "modified", "changed", "set", "replaced", "defined", "determined", "generated", "provided",
        "filled", "added", "updated", "configured", "done",
    ];
    const MUST: &[&str] = &[
        "needs", "need", "has", "have", "must", "should", "please", "wants",
    ];
    const DO: &[&str] = &[
        "change",
        "changing",
        "replace",
        "replacing",
        "set",
        "setting",
        "update",
        "updating",
    ];
    let is_done = |at: usize| words.get(at) == "be" && DONE.contains(&words.get(at + 1));
    // Nothing but digits and marks comes behind: `needs_to_change`, `must change!`.
    let ends = |at: usize| (at..words.len()).all(|at| words.get(at).as_bytes()[0].is_ascii_digit());
    let is_asked = |at: usize| {
        let next = at + 1 + usize::from(words.get(at + 1) == "to");
        MUST.contains(&words.get(at)) && DO.contains(&words.get(next)) && ends(next + 1)
    };
    (0..words.len()).any(|at| is_done(at) || is_asked(at))
}

/// A verb that says what to do, and later a word that says where or whose: `put … here`, `choose your own …`.
fn is_instruction(words: &Words) -> bool {
    const VERBS: &[&str] = &[
        "put", "insert", "enter", "add", "set", "generate", "choose", "use", "provide", "fill",
        "paste", "type", "create", "pick", "specify", "define", "supply", "run", "make", "need",
        "needs", "get",
    ];
    #[rustfmt::skip]
    const WHERE: &[&str] = &[
        "here", "your", "own", "openssl", "random", "below", "something", "yourself",
    ];
    const THINGS: &[&str] = &[
        "key", "token", "secret", "password", "goes", "value", "string", "id", "code", "hash",
        "api",
    ];
    if words.get(0) == "please" && VERBS.contains(&words.get(1)) {
        return true;
    }
    let verb = words.iter().position(|word| VERBS.contains(&word));
    if verb.is_some_and(|verb| {
        words
            .iter()
            .skip(verb + 1)
            .any(|word| WHERE.contains(&word))
    }) {
        return true;
    }
    if asks_for_random(words) {
        return true;
    }
    let last = words.len() - 1;
    last > 0 && words.get(last) == "here" && THINGS.contains(&words.get(last - 1))
}

/// `some long random string`: what to write, with an article or a size before it.
fn asks_for_random(words: &Words) -> bool {
    const BEFORE: &[&str] = &[
        "a", "some", "any", "long", "very", "secure", "strong", "super",
    ];
    const THINGS: &[&str] = &[
        "string",
        "key",
        "value",
        "secret",
        "token",
        "password",
        "text",
        "characters",
        "chars",
    ];
    (1..words.len()).any(|at| {
        words.get(at) == "random"
            && BEFORE.contains(&words.get(at - 1))
            && THINGS.contains(&words.get(at + 1))
    })
}

/// `your …`, or `your` anywhere before the name of something that the reader has and the author does not.
fn is_your(words: &Words) -> bool {
    #[rustfmt::skip]
    const THINGS: &[&str] = &[
        "key", "keys", "token", "secret", "password", "passwd", "pass", "passphrase", "domain", "email",
        "mail", "api", "id", "user", "username", "account", "name", "project", "organization", "org",
        "company", "server", "host", "credential", "credentials", "app", "client", "value", "string",
        "code", "own", "license", "site", "url", "dsn",
    ];
    let Some(at) = words.iter().position(|word| word == "your") else {
        // Run together with words that the vocabulary lacks: `yourcompanyname`, but not the product `yourls`.
        let first = words.get(0);
        return first.starts_with("your") && first.len() >= "yourname".len();
    };
    at == 0 || words.iter().skip(at + 1).any(|word| THINGS.contains(&word))
}

/// A word that says outright that the value is not real.
fn names_itself(words: &Words, value: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "placeholder", "dummy", "sample", "example", "fake", "invalid", "insecure", "lorem", "redacted",
        "fixme", "todo", "tbd", "foobar", "unsafe", "removed", "bogus", "mock",
    ];
    let mut named = words.iter().filter(|word| WORDS.contains(word));
    let Some(word) = named.next() else {
        return false;
    };
    // `example.com` names a host, and then says nothing about whether the rest of the value is real.
    word != "example" || named.next().is_some() || !names_example_host(value)
}

/// Returns whether `value` names a host in one of the domains that RFC 2606 sets aside for examples.
pub fn names_example_host(value: &str) -> bool {
    const HOSTS: &[&[u8]] = &[
        b"example.com",
        b"example.org",
        b"example.net",
        b"example.edu",
    ];
    let bytes = value.as_bytes();
    HOSTS.iter().any(|host| {
        bytes.windows(host.len()).enumerate().any(|(at, window)| {
            let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
            begins && window.eq_ignore_ascii_case(host)
        })
    })
}

/// `super secret`, `very strong`, `my secure …`, `strong password`.
fn is_boast(words: &Words) -> bool {
    const HOW: &[&str] = &["super", "very", "my", "top", "some", "a"];
    const CLAIM: &[&str] = &["secret", "secure", "strong"];
    #[rustfmt::skip]
    const WHAT: &[&str] = &[
        "password", "passwd", "key", "token", "secret", "passphrase", "random",
    ];
    let last = words
        .iter()
        .rfind(|word| !word.as_bytes()[0].is_ascii_digit());
    // `MyCloudflareApiToken`: addressed to the reader, like `your-…`.
    if words.len() > 2 && words.get(0) == "my" && last.is_some_and(|last| WHAT.contains(&last)) {
        return true;
    }
    (0..words.len()).any(|at| {
        let (word, next) = (words.get(at), words.get(at + 1));
        (HOW.contains(&word) && CLAIM.contains(&next))
            || (matches!(word, "secure" | "strong") && WHAT.contains(&next))
    })
}

/// A sentence that excuses the value, with its words run together: `iknowthisisnotsecure`, `just-for-testing`.
fn is_excuse(value: &str) -> bool {
    const PARTS: [&str; 5] = [
        "justfortest",
        "onlyfortest",
        "notsecure",
        "fortestingonly",
        "notforprod",
    ];
    if !(10..=64).contains(&value.len()) || value.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let letters = value.bytes().filter(u8::is_ascii_alphabetic);
    let letters: Vec<u8> = letters.map(|byte| byte.to_ascii_lowercase()).collect();
    PARTS
        .iter()
        .any(|part| memchr::memmem::find(&letters, part.as_bytes()).is_some())
}

/// A word such as `MOCK` followed by more capitals without a separator: `MOCKR2ACCESSKEYID`, `FAKEKEY1`.
fn is_mock(value: &str) -> bool {
    let mut begins = ["MOCK", "FAKE", "DUMMY"].iter();
    begins.any(|word| value.starts_with(word))
        && (8..=64).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && turns(value.as_bytes()) <= 4
}

/// The whole value says that there is none.
fn is_nothing(value: &str) -> bool {
    #[rustfmt::skip]
    const NOTHING: &[&str] = &[
        "todo", "fixme", "tbd", "tba", "none", "null", "nil", "n/a", "na", "undefined", "empty", "unset", "nothing",
        "not set", "not-set", "not_set", "notset", "unknown", "missing", "unused", "not-used", "blank",
        "void", "~", "nothing",
    ];
    NOTHING.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// The whole value is in brackets of a kind that templates and instructions use.
fn is_bracketed(value: &str) -> bool {
    let within = |open: &str, close: &str| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|inner| !inner.trim().is_empty() && !inner.contains(['<', '>']))
    };
    let is_name = |inner: &str| {
        inner.starts_with(|c: char| c.is_ascii_alphabetic())
            && inner.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ' | b'.')
            })
    };
    let named = |open: &str, close: &str| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(is_name)
    };
    within("<", ">")
        || within("[[", "]]")
        || within("{{", "}}")
        || named("%", "%")
        || named("__", "__")
        || named("[", "]")
}

/// Returns whether some part between separators looks random: letters of both cases and digits alternate in it.
pub(super) fn has_random_part(value: &str) -> bool {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part.len() >= 8 && turns(part.as_bytes()) >= 4)
}

/// Counts changes between kinds of characters; a capital that begins a word is not a change.
fn turns(part: &[u8]) -> usize {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    };
    let mut turns = 0;
    for (at, pair) in part.windows(2).enumerate() {
        let (before, after) = (kind(pair[0]), kind(pair[1]));
        let begins_word =
            before == 2 && after == 1 && part.get(at + 2).is_some_and(u8::is_ascii_lowercase);
        if before != after && !(before == 1 && after == 2) && !begins_word {
            turns += 1;
        }
    }
    turns
}

#[cfg(test)]
mod tests;
