//! Names of passwords, tokens and keys in languages other than English.
//!
//! `scripts/names.py` counts such names and what is assigned to them; words that usually mean something else there
//! (`clave`, `geslo`) are left out.

use super::name::CredentialName;

/// Passwords in ASCII, as names of variables spell them.
#[rustfmt::skip]
const ASCII: &[&str] = &[
    "passwort", "kennwort", "contrasena", "contrasenia", "contrasenya", "senha", "motdepasse", "wachtwoord", "lozinka", "haslo",
    "heslo", "salasana", "losenord", "adgangskode", "jelszo", "sifre", "parola", "mdp", "parol", "passord", "parool", "kodeord",
    "zaporka", "contrasinal", "katasandi", "matkhau", "katalaluan", "nenosiri", "pasahitza", "slaptazodis",
];

/// Pairs of words, the second of which means something else by itself: `palavra_passe`, `kata_sandi`.
const PAIRS: &[(&str, &str)] = &[
    ("de", "passe"),
    ("palavra", "passe"),
    ("kata", "sandi"),
    ("mat", "khau"),
];

/// Keys and secrets; only random values of these are credentials.
const KEYS: &[&str] = &["geheimnis", "schluessel", "sleutel", "anahtar"];

/// Passwords that are not ASCII.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "contraseña", "пароль", "парола", "лозинка", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호", "şifre", "hasło", "lösenord",
    "jelszó", "mật_khẩu", "mậtkhẩu", "סיסמה", "كلمة_المرور", "كلمة_السر", "رمز_عبور", "पासवर्ड", "รหัสผ่าน", "κωδικός", "συνθηματικό",
    "salasõna", "slaptažodis", "lykilorð",
];

/// Tokens that are not ASCII.
const OTHER_TOKENS: &[&str] = &["令牌", "トークン", "токен", "토큰"];

/// Keys and secrets that are not ASCII.
const OTHER_KEYS: &[&str] = &[
    "密钥",
    "密鑰",
    "秘钥",
    "私钥",
    "秘密鍵",
    "비밀키",
    "секрет",
    "ключ",
    "schlüssel",
    "clé_api",
    "κλειδί",
    "مفتاح",
];

/// Returns whether `word`, in lower case, means password in some language.
pub(super) fn is_password(word: &str) -> bool {
    ASCII.contains(&word)
}

/// Returns whether two words together, in lower case, mean password in some language.
pub(super) fn is_password_of_two(before: &str, word: &str) -> bool {
    PAIRS.contains(&(before, word))
}

/// Returns whether `word`, in lower case, means key or secret in some language.
pub(super) fn is_key(word: &str) -> bool {
    KEYS.contains(&word)
}

/// Returns what kind of credential a name promises that is not ASCII.
pub(super) fn classify(name: &str) -> Option<CredentialName> {
    let lower = name.to_lowercase();
    let names = |words: &[&str]| words.iter().any(|word| lower.ends_with(word));
    if names(OTHERS) {
        Some(CredentialName::Password)
    } else if names(OTHER_TOKENS) {
        Some(CredentialName::Token)
    } else {
        names(OTHER_KEYS).then_some(CredentialName::ServiceKey)
    }
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
            "palavra_passe",
            "kata_sandi",
            "सर्वर_पासवर्ड",
            "κωδικός",
        ] {
            let found = classify_name(name);
            let expected = (name != "senha_banco").then_some(CredentialName::Password);
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(classify("naïveté"), None);
        assert_eq!(classify_name("passe"), None);
    }

    #[test]
    fn tokens_and_keys_have_names_in_many_languages() {
        for (name, kind) in [
            ("访问令牌", CredentialName::Token),
            ("токен", CredentialName::Token),
            ("api_schlüssel", CredentialName::ServiceKey),
            ("секретный_ключ", CredentialName::ServiceKey),
            ("api_schluessel", CredentialName::ServiceKey),
        ] {
            assert_eq!(classify_name(name), Some(kind), "{name}");
        }
    }
}
