//! What a password is called in other languages than English, where names in real repositories call it that.
//!
//! `scripts/names.py` counts such names and what is assigned to them; words that mostly mean something else there
//! (`clave`, `geslo`) are not in the list.

use super::name::CredentialName;

/// In ASCII, as names of variables have them.
#[rustfmt::skip]
const ASCII: &[&str] = &[
    "passwort", "kennwort", "contrasena", "contrasenia", "contrasenya", "senha", "motdepasse", "wachtwoord", "lozinka", "haslo",
    "heslo", "salasana", "losenord", "adgangskode", "jelszo", "sifre", "parola", "mdp", "parol",
];

/// With other letters.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "contraseña", "пароль", "парола", "密码", "密碼", "パスワード", "비밀번호", "şifre", "hasło", "lösenord", "salasana", "jelszó", "mật_khẩu",
    "סיסמה", "口令",
];

/// Returns whether `word`, in lower case, is a password in some language.
pub(super) fn is_password(word: &str) -> bool {
    ASCII.contains(&word)
}

/// Returns what kind of credential a name promises that is not ASCII.
pub(super) fn classify(name: &str) -> Option<CredentialName> {
    let lower = name.to_lowercase();
    let names = OTHERS.iter().any(|word| lower.ends_with(word));
    names.then_some(CredentialName::Password)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::name::classify as classify_name;

    #[test]
    fn passwords_have_names_in_many_languages() {
        for name in [
            "contraseña",
            "db_contrasena",
            "dbPasswort",
            "MOT_DE_PASSE",
            "motDePasse",
            "senha_banco",
            "senha",
            "пароль",
            "密码",
            "数据库密码",
            "パスワード",
            "userMdp",
            "kennwort",
        ] {
            let found = classify_name(name);
            let expected = (name != "senha_banco").then_some(CredentialName::Password);
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(classify("naïveté"), None);
    }
}
