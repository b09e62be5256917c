//! Links between a name and its value: signs, types, brackets, and words of some languages.

use super::{Link, Reader};
use crate::detect::assignment::{GAP_LIMIT, declared};

impl Reader<'_> {
    /// Skips and returns the link that joins the name at `name_start` to a value; `None` if there is none.
    pub(in crate::detect) fn link(&mut self, name_start: usize, is_quoted: bool) -> Option<Link> {
        const COMPARISONS: [&[u8]; 6] = [b"===", b"!==", b"==", b"!=", b".equals(", b".eq("];
        let before = |back: usize| name_start.checked_sub(back).map(|at| self.text[at]);
        let is_apart = self
            .at
            .checked_sub(1)
            .is_some_and(|at| matches!(self.text[at], b' ' | b'\t'));
        let is_option = before(1) == Some(b'-') && !is_quoted;
        if self.begins_here_document(is_apart) {
            return None;
        }
        if self.take(b"<-") || self.take(b"<<-") {
            self.gap();
            return Some(Link::Assigns);
        }
        if let Some(link) = self.rare_link(name_start, is_quoted) {
            self.gap();
            return Some(link);
        }
        let may_compare = matches!(self.peek(), Some(b'=' | b'!' | b'.'));
        if may_compare && COMPARISONS.iter().any(|sign| self.take(sign)) {
            self.gap();
            return Some(Link::Compares);
        }
        if let [b'=', b'~', ..] | [b':', b':', ..] | [b'-', b'>', ..] | [b'<' | b'>', b'=', ..] =
            self.rest()
        {
            return None;
        }
        if !is_quoted && self.rest().starts_with(b"()") {
            return self.declaration();
        }
        if !is_quoted && self.rest().starts_with(b"{\"") {
            self.at += 1;
            return Some(Link::Calls);
        }
        if !is_quoted && self.take(b".set(") {
            return Some(Link::Calls);
        }
        if !is_quoted && self.take(b"(") {
            self.gap();
            return Some(Link::Calls);
        }
        if self.pairs(name_start, is_quoted) && self.take(b",") {
            self.gap();
            return Some(Link::Pairs);
        }
        if self.follows(name_start, is_quoted) {
            return Some(Link::Follows);
        }
        if is_apart && !is_quoted && self.binds_parameter(name_start) {
            return None;
        }
        if self.operator().is_none() {
            return (is_option && is_apart).then_some(Link::Gives);
        }
        // `/password:…` is an option of a Windows command.
        let is_slashed = before(1) == Some(b'/') && before(2) == Some(b' ') && !is_quoted;
        let sign = self.text[self.at - 1];
        let is_tight = !is_apart && (sign == b'=' || sign == b':' && is_slashed);
        let from = self.at;
        self.gap();
        Some(if is_tight && from == self.at {
            Link::AssignsTightly
        } else {
            Link::Assigns
        })
    }

    /// Whether a psql variable or a bound parameter follows: `PASSWORD :pass`, `PASSWORD :'pass'`. A colon that
    /// assigns has no space before it, or one on both sides.
    fn binds_parameter(&self, name_start: usize) -> bool {
        let Some(behind) = self.rest().strip_prefix(b":") else {
            return false;
        };
        match behind.first() {
            Some(b'"' | b'\'') => {
                let before = &self.text[name_start.saturating_sub(GAP_LIMIT)..name_start];
                let words = before.split(|byte| !byte.is_ascii_alphanumeric());
                let is_of_account = |word: &[u8]| {
                    [
                        &b"user"[..],
                        b"role",
                        b"login",
                        b"encrypted",
                        b"replication",
                    ]
                    .iter()
                    .any(|known| word.eq_ignore_ascii_case(known))
                };
                words.into_iter().any(is_of_account)
            }
            Some(byte) => byte.is_ascii_alphabetic() || *byte == b'_',
            None => false,
        }
    }

    /// Whether a shell's here-document begins: `$PASSWORD <<-EOF`. In R, where `<<-` assigns, it has a space after
    /// it or none on either side.
    fn begins_here_document(&self, is_apart: bool) -> bool {
        let behind = self.rest().strip_prefix(b"<<-");
        behind.is_some_and(|behind| match behind.first() {
            Some(b'"' | b'\'' | b'\\') => is_apart,
            Some(byte) => byte.is_ascii_alphanumeric() || *byte == b'_',
            None => true,
        })
    }

    /// Skips a link that only some languages have.
    #[expect(
        clippy::too_many_lines,
        reason = "it is one list of signs, with an arm for each language"
    )]
    fn rare_link(&mut self, name_start: usize, is_quoted: bool) -> Option<Link> {
        // Nearly every name is followed by one of these, and none of them begins a rare link.
        match self.rest() {
            [] | [b'(' | b'"' | b'\'' | b')' | b']', ..] => return None,
            [b':', next, ..] if *next != b':' => return None,
            _ => {}
        }
        let before = &self.text[name_start.saturating_sub(GAP_LIMIT)..name_start];
        match self.rest() {
            [b'-', b'>', ..] | [b't', b'o', b' ', b'"', ..] if is_quoted => {
                self.at += 2;
                self.gap();
                matches!(self.peek(), Some(b'"' | b'\'')).then_some(Link::Assigns)
            }
            // A sentence, or a language that reads like one.
            [b't', b'o', b' ', b'"' | b'\'', ..] => {
                self.at += 3;
                Some(Link::Returns)
            }
            [b'w', b'i', b't', b'h', b' ', b'"' | b'\'', ..] => {
                self.at += 5;
                Some(Link::Returns)
            }
            // A command of TeX.
            [b'{', ..] | [b'}', b'{', ..] if before.ends_with(b"\\") => {
                self.at += usize::from(self.peek() == Some(b'}'));
                Some(Link::Returns)
            }
            // The default of a variable in FreeMarker.
            [b'!', b'"' | b'\'', ..] if before.ends_with(b"${") => {
                self.at += 1;
                Some(Link::Returns)
            }
            // What a method of Ruby returns.
            [b';' | b'\n', ..] if before.ends_with(b"def ") || before.ends_with(b"def self.") => {
                self.at += 1;
                self.space();
                Some(Link::Returns)
            }
            // The filter of a template: `{{ password|default("…") }}`.
            [b'|', rest @ ..] if is_default_filter(rest) => {
                let quote = rest.iter().position(|byte| matches!(byte, b'"' | b'\''));
                self.at += 1 + quote.unwrap_or_default();
                Some(Link::Returns)
            }
            // The default of an argument in Elixir.
            [b'\\', b'\\', b' ', b'"', ..] if !is_quoted => {
                self.at += 3;
                Some(Link::Returns)
            }
            // What a hook returns: the value, and a function that sets it.
            [b',', b' ', b's', b'e', b't', ..] if before.ends_with(b"[") => {
                self.at = declared::initial_state(self.text, self.at)?;
                Some(Link::Returns)
            }
            [b'i', b's', b' ', b'`' | b'"', ..] => {
                self.at += 3;
                Some(Link::Gives)
            }
            rest if rest.starts_with(b"by lazy {") => {
                self.at += 3;
                Some(Link::Assigns)
            }
            rest if rest.starts_with(b"-Value ") || rest.starts_with(b"--body ") => {
                self.at += 7;
                matches!(self.peek(), Some(b'"' | b'\'')).then_some(Link::Gives)
            }
            // A pair of Lisp.
            [b'.', b' ', b'"', ..] if before.ends_with(b"(") => {
                self.at += 2;
                Some(Link::Assigns)
            }
            // The default of an argument in Nix.
            [b'?', b' ', b'"', ..] if before.trim_ascii_end().ends_with(b"{") => {
                self.at += 2;
                Some(Link::Assigns)
            }
            // A type of Julia, a hidden field of Jsonnet.
            [b':', b':', rest @ ..] => {
                let at = self.text.len() - rest.len();
                match declared::sign_behind_type(self.text, at) {
                    Some(sign) => self.at = sign + 1,
                    None if matches!(rest, [b' ', b'"' | b'\'' | b'`', ..]) => self.at = at,
                    // A definition in AsciiDoc and Org.
                    None if matches!(rest, [b' ', first, ..] if first.is_ascii_alphanumeric()) => {
                        self.at = at;
                    }
                    None => return None,
                }
                Some(Link::Assigns)
            }
            [b'=', ..] if before.ends_with(b"\"$") || before.ends_with(b"\"${") => {
                self.at += 1 + usize::from(self.rest().starts_with(b"=="));
                Some(Link::Compares)
            }
            [b'|', next, ..] if *next != b'|' && *next != b'=' => {
                let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
                let is_cell = |byte: &u8| byte.is_ascii_alphanumeric() || b" `*_-".contains(byte);
                let cell = memchr::memrchr(b'|', line).map(|at| &line[at + 1..]);
                let opens = cell.is_some_and(|cell| cell.iter().all(is_cell));
                self.at += usize::from(opens);
                opens.then_some(Link::Column)
            }
            _ => None,
        }
    }

    /// Skips a declaration of the name before it: a type and `=`, or the head of a function.
    pub(in crate::detect) fn declaration(&mut self) -> Option<Link> {
        if let Some(sign) = declared::sign_behind_type(self.text, self.at) {
            self.at = sign + 1;
            self.gap();
            return Some(Link::Assigns);
        }
        let behind = &self.text[self.at..];
        self.at = match declared::string_behind_type(behind) {
            Some(more) => self.at + more,
            None => declared::returned(self.text, self.at)?,
        };
        Some(Link::Returns)
    }

    /// Skips the comma, or only the space, between the name at `name_start` and a string that follows it in a call
    /// or list. Returns whether a string follows like that.
    fn follows(&mut self, name_start: usize, is_quoted: bool) -> bool {
        let is_string = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
        let rest = self.rest();
        if is_quoted && is_string(rest.first()) {
            // One of several words that a command is given is not a name.
            let before = &self.text[..name_start.saturating_sub(1)];
            let is_word = matches!(before, [.., b'"' | b'\'', b' ']);
            return self.text[self.at - 1] == b' ' && !is_word;
        }
        let Some(behind) = rest.strip_prefix(b",") else {
            return false;
        };
        let gap = usize::from(behind.first() == Some(&b' '));
        let is_first = || self.text[..name_start].ends_with(b"(");
        let follows = is_string(behind.get(gap)) && (is_quoted || is_first());
        self.at += if follows { 1 + gap } else { 0 };
        follows
    }

    /// Returns whether a comma after the name at `name_start` joins it to a value.
    fn pairs(&self, name_start: usize, is_quoted: bool) -> bool {
        if self.peek() != Some(b',') {
            return false;
        }
        if is_quoted {
            let brings_default = || self.rest()[1..].trim_ascii_start().starts_with(b"default");
            return self.is_first_argument(name_start) || brings_default();
        }
        let before = &self.text[name_start.saturating_sub(GAP_LIMIT)..name_start];
        match before {
            // A symbol, or an atom in a tuple.
            [.., b' ' | b'{' | b'(' | b'[', b':'] | [.., b'{'] => true,
            _ => {
                #[rustfmt::skip]
                const COPIES: [&[u8]; 10] = [
                    b"strcpy(", b"strncpy(", b"strlcpy(", b"strcmp(", b"strncmp(", b"strcat(", b"memcpy(", b"jwt.verify(", b"jwt.sign(",
                    b"-define(",
                ];
                COPIES.iter().any(|function| before.ends_with(function))
                    || is_later_argument(before)
            }
        }
    }

    /// Whether the quoted name at `name_start` follows an opening parenthesis.
    fn is_first_argument(&self, name_start: usize) -> bool {
        let before = &self.text[name_start.saturating_sub(GAP_LIMIT)..name_start];
        let before = before.trim_ascii_end();
        let opened = before
            .iter()
            .rposition(|byte| !matches!(byte, b'"' | b'\'' | b'\\' | b'-'));
        let Some(before) = opened.map(|at| before[..=at].trim_ascii_end()) else {
            return false;
        };
        // For an element of something else, the bracket is closed before the comma.
        let is_item = matches!(before.last(), Some(b'[' | b'{'))
            && self.at > 0
            && matches!(self.text[self.at - 1], b'"' | b'\'' | b'`' | b'>');
        before.ends_with(b"(") || is_item || is_later_argument(before)
    }

    /// Skips an assignment operator; `None` if there is none.
    fn operator(&mut self) -> Option<()> {
        let assigns = [&b":="[..], b"=>", b"||=", b"??=", b"?=", b"+=", b"="];
        self.type_of_basic();
        let may_assign = matches!(self.peek(), Some(b':' | b'=' | b'|' | b'?' | b'+'));
        if may_assign && assigns.iter().any(|operator| self.take(operator)) {
            return Some(());
        }
        if !self.take(b":") {
            return None;
        }
        // The end of emphasis in Markdown: `**Password:** …`.
        let _ = self.take(b"** ") || self.take(b"* ");
        self.declared_type();
        Some(())
    }

    /// Skips the type in `password As String = "…"`.
    fn type_of_basic(&mut self) {
        let rest = self.rest();
        let declares = rest
            .get(..3)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"as "));
        let is_type = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'.';
        if declares {
            let length = rest[3..].iter().take(GAP_LIMIT).take_while(is_type).count();
            self.at += 3 + length;
            self.gap();
        }
    }

    /// Skips the type and the `=` in `password: &str = "…"`.
    fn declared_type(&mut self) {
        let start = self.at;
        self.gap();
        let is_type = |byte: &u8| byte.is_ascii_alphanumeric() || b"_&'<>?. []|,*()".contains(byte);
        let length = self
            .rest()
            .iter()
            .take(GAP_LIMIT)
            .take_while(|byte| is_type(byte))
            .count();
        self.at += length;
        self.gap();
        let declares =
            length > 0 && self.rest().starts_with(b"=") && !self.rest().starts_with(b"==");
        self.at = if declares { self.at + 1 } else { start };
    }
}

/// Whether a template's `default` filter with a string begins here.
fn is_default_filter(rest: &[u8]) -> bool {
    let rest = rest
        .strip_prefix(b" ")
        .unwrap_or(rest)
        .strip_prefix(b"default");
    let begins = [&b"("[..], b": ", b" "];
    let rest = rest.and_then(|rest| begins.iter().find_map(|sign| rest.strip_prefix(*sign)));
    matches!(rest, Some([b'"' | b'\'', ..]))
}

/// Whether the text before a name ends with the first argument of a function that takes a name and its value after it.
fn is_later_argument(before: &[u8]) -> bool {
    const FUNCTIONS: [&[u8]; 11] = [
        b"setattr(",
        b"put_env(",
        b"set_env(",
        b"get_env(",
        b"resValue ",
        b"resValue(",
        b"buildConfigField ",
        b"buildConfigField(",
        b"attribute ",
        b"get(",
        b"StringVar(",
    ];
    let Some(first) = before.trim_ascii_end().strip_suffix(b",") else {
        return false;
    };
    let is_argument = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_\":'&.".contains(*byte);
    let length = first.iter().rev().take_while(is_argument).count();
    let before = &first[..first.len() - length];
    FUNCTIONS.iter().any(|function| before.ends_with(function))
}
