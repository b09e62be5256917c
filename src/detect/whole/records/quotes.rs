//! Lines in which quotation marks or backslashes keep blanks in a password: those of pgbouncer, PPP and davfs2.

/// `"user" "password"`, in which two quotation marks are one, and a backslash is a sign like any other.
pub(super) fn quoted(line: &str) -> Option<&str> {
    let rest = line.trim_end().strip_prefix('"')?;
    let (user, rest) = rest.split_once('"')?;
    let password = rest.trim_ascii_start().strip_prefix('"')?;
    let is_apart = rest.starts_with([' ', '\t']);
    let mut marks = password.match_indices('"').map(|(at, _)| at);
    let mut end = marks.next()?;
    while password[end + 1..].starts_with('"') {
        marks.next();
        end = marks.next()?;
    }
    (is_apart && !user.is_empty()).then(|| &password[..end])
}

/// `client server "secret" addresses`, as in PPP. Where no address may be used, or any, there may be none.
pub(super) fn chap(line: &str) -> Option<&str> {
    let (client, rest) = ppp_word(line)?;
    let (server, rest) = ppp_word(rest)?;
    let (secret, rest) = ppp_word(rest)?;
    let is_address = |word: &str| {
        let is_network = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'/');
        let own = word.strip_prefix('!').unwrap_or(word);
        matches!(own, "*" | "-") || own.bytes().all(is_network)
    };
    let mut words = rest.split_ascii_whitespace();
    let has_addresses = words.clone().next().is_some();
    let is_for_any = has_addresses || client == "*" || server == "*";
    (is_for_any && words.all(is_address) && !client.contains('=') && !server.contains('='))
        .then_some(secret)
}

/// The first word of a line in the way `pppd` reads it, and what is behind: quotes keep blanks together, and so does a
/// backslash before each.
fn ppp_word(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_ascii();
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''));
    let own = if quote.is_some() { &line[1..] } else { line };
    let mut is_escaped = false;
    let ends = |c: char| match c {
        _ if is_escaped => {
            is_escaped = false;
            false
        }
        '\\' => {
            is_escaped = true;
            false
        }
        c => quote.map_or(c.is_ascii_whitespace(), |quote| c == quote),
    };
    let end = own.find(ends);
    if quote.is_some() {
        let (word, rest) = own.split_at(end?);
        return Some((word, &rest[1..]));
    }
    let (word, rest) = own.split_at(end.unwrap_or(own.len()));
    (!word.is_empty()).then_some((word, rest))
}

/// `https://host/path user password` of davfs2, and `[host]:port user:password` of Postfix.
pub(super) fn address(line: &str) -> Option<&str> {
    let (address, rest) = ppp_word(line)?;
    let (user, rest) = ppp_word(rest)?;
    let is_url = address.starts_with("https://")
        || address.starts_with("http://")
        || address.starts_with('/');
    match ppp_word(rest) {
        Some((password, "")) if is_url => Some(password),
        None if address.contains('.') && !is_url => {
            let (user, password) = user.split_once(':')?;
            (!user.is_empty() && !password.contains('/')).then_some(password)
        }
        _ => None,
    }
}
