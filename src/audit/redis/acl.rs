//! What a client of Redis may do before it logs in, as the user `default`.

use crate::audit::directive::{self, Directive};

/// What a client that has not logged in may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum Stranger {
    /// It may run commands.
    Admitted,
    /// It must log in first.
    Asked,
    /// It may do nothing, and cannot log in as `default`.
    Refused,
}

/// Returns what `user default …` allows a stranger.
pub(super) fn of_rules<'w>(words: impl Iterator<Item = &'w str>) -> Stranger {
    // A user defined by a line begins without any permissions.
    let (mut is_on, mut is_open, mut may_command) = (false, false, false);
    let mut passwords = 0_usize;
    for word in words {
        match word.to_ascii_lowercase().as_str() {
            "on" => is_on = true,
            "off" => is_on = false,
            "nopass" => (is_open, passwords) = (true, 0),
            "resetpass" => (is_open, passwords) = (false, 0),
            "reset" => (is_on, is_open, may_command, passwords) = (false, false, false, 0),
            "nocommands" | "-@all" => may_command = false,
            "allcommands" => may_command = true,
            word if word.starts_with(['>', '#']) => (is_open, passwords) = (false, passwords + 1),
            word if word.starts_with(['<', '!']) => passwords = passwords.saturating_sub(1),
            word if word.starts_with('+') => may_command = true,
            _ => {}
        }
    }
    match (is_on && is_open, is_on && passwords > 0) {
        (true, _) if may_command => Stranger::Admitted,
        (false, true) => Stranger::Asked,
        _ => Stranger::Refused,
    }
}

/// Returns what an ACL file allows a stranger: without a line for `default`, it is open, whatever `requirepass` says.
pub(super) fn of_file(text: &str) -> Stranger {
    let lines = directive::lines(text, &['#']);
    let mut users = lines.map(|(line, _)| line.split_whitespace());
    let default = users.find_map(|mut words| {
        let is_user = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("user"));
        (is_user && words.next() == Some("default")).then_some(words)
    });
    default.map_or(Stranger::Admitted, of_rules)
}

/// Returns the line for the user `default` among settings.
pub(super) fn default_user(settings: &[Directive]) -> Option<&Directive> {
    let mut users = settings.iter().filter(|setting| setting.name == "user");
    users.find(|user| user.value() == "default")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_apply_in_their_order() {
        use Stranger::{Admitted, Asked, Refused};
        for (rules, expected) in [
            ("on nopass ~* +@all", Admitted),
            ("on nopass", Refused),
            ("nopass ~* +@all", Refused),
            ("on nopass ~* +@all off", Refused),
            ("on >x ~* +@all", Asked),
            ("on nopass >x +@all", Asked),
            ("on >x nopass +@all", Admitted),
            ("on nopass +@all resetpass", Refused),
            ("on nopass +@all -@all", Refused),
            ("on nopass +get", Admitted),
            ("on nopass allcommands", Admitted),
            ("on nopass +@all reset", Refused),
            ("on #00 +@all", Asked),
            ("ON NOPASS ALLCOMMANDS", Admitted),
            ("", Refused),
        ] {
            assert_eq!(of_rules(rules.split_whitespace()), expected, "{rules}");
        }
    }

    #[test]
    fn a_file_without_the_user_lets_everybody_in() {
        assert_eq!(of_file("user app on >x\n"), Stranger::Admitted);
        assert_eq!(of_file("# user default off\n"), Stranger::Admitted);
        assert_eq!(of_file("user default off\n"), Stranger::Refused);
        assert_eq!(
            of_file("user app on\nuser default on >x +@all\n"),
            Stranger::Asked
        );
    }
}
