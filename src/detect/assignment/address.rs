//! URLs whose parameters are meant for everyone who has the URL.

/// Returns whether `line`, the text before a name, ends in the URL of a meeting, and the name is one of its parameters.
pub(super) fn is_of_invitation(line: &[u8]) -> bool {
    const LONGEST: usize = 160;
    const HOSTS: [&[u8]; 5] = [
        b".zoom.us/",
        b"//zoom.us/",
        b".zoomgov.com/",
        b".webex.com/",
        b"//meeting.tencent.com/",
    ];
    let near = &line[line.len().saturating_sub(LONGEST)..];
    let is_of_address =
        |byte: &&u8| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'<' | b'(');
    let length = near.iter().rev().take_while(is_of_address).count();
    let address = &near[near.len() - length..];
    matches!(address.last(), Some(b'?' | b'&' | b';'))
        && HOSTS
            .iter()
            .any(|host| memchr::memmem::find(address, host).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_meetings_are_invitations() {
        for line in [
            "  https://us02web.zoom.us/j/85067995016?",
            "[join](https://zoom.us/j/1?a=b&",
            "\"url\": \"https://acme.webex.com/meet?MTID=1&amp;",
        ] {
            assert!(is_of_invitation(line.as_bytes()), "{line}");
        }
        for line in [
            "https://db.acme.io/login?",
            "see https://zoom.us/j/1 and set ",
            "ZOOM_HOST=zoom.us/ ",
        ] {
            assert!(!is_of_invitation(line.as_bytes()), "{line}");
        }
    }
}
