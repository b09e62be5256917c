//! `gonogo readiness confirm`: records a person's statement.

use std::path::{Path, PathBuf};

use crate::readiness::amount::day_number;
use crate::readiness::settings::unknown_role;
use crate::readiness::{ROLES, statement};
use crate::source::{FolderFiles, create_file};

use super::system::System;
use super::{Error, Options, print, today};

/// What is to be confirmed.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// The item or sign-off.
    pub item: String,
    /// The person who makes the statement.
    pub by: String,
    /// The role in which they make it.
    pub role: String,
    /// The last day on which it is valid.
    pub until: String,
    /// The statement in words.
    pub statement: Option<String>,
    /// Files and URLs that it is based on.
    pub evidence: Vec<String>,
    /// The commit or image that it applies to.
    pub release: Option<String>,
    /// Whether the statement is that the item does *not* hold.
    pub denies: bool,
}

/// Writes a statement below the folder of the system.
///
/// # Errors
///
/// There is no such item or role, the day is invalid, a file is missing, or the statement cannot be written.
pub fn confirm(options: &Options, confirmation: &Confirmation) -> Result<(), Error> {
    let system = System::find(options)?;
    let standard = &system.standard;
    let usage = |message: String| Err(Error::Usage(message));
    let sign_off = standard
        .sign_offs
        .iter()
        .find(|it| it.id == confirmation.item);
    let item = standard.item(&confirmation.item);
    if item.is_none() && sign_off.is_none() {
        return usage(standard.unknown_item(&confirmation.item));
    }
    if item.is_some_and(|it| it.person.is_none() && it.read_by.is_some()) {
        return usage(format!(
            "{}: files decide this, and a statement would not count",
            confirmation.item
        ));
    }
    if !ROLES.contains(&confirmation.role.as_str()) {
        return usage(unknown_role(&confirmation.role));
    }
    if let Some(sign_off) = sign_off.filter(|it| it.role != confirmation.role) {
        return usage(format!(
            "{} is signed by the role {}",
            sign_off.id, sign_off.role
        ));
    }
    let made = options.at.clone().unwrap_or_else(today);
    match day_number(&confirmation.until) {
        None => return usage("--until must be a day, written `2026-12-31`".to_owned()),
        Some(day) if Some(day) < day_number(&made) => {
            return usage(format!("--until {} has passed", confirmation.until));
        }
        Some(_) => {}
    }
    let folder = options
        .system
        .as_deref()
        .and_then(Path::parent)
        .map(Path::to_owned);
    let folder = folder
        .or_else(|| options.paths.first().cloned())
        .unwrap_or_default();
    let text = text(confirmation, &made, &folder)?;
    let path = place(&folder, confirmation, &made);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| Error::File {
            path: parent.to_owned(),
            error,
        })?;
    }
    create_file(&path, text.as_bytes()).map_err(|error| Error::File {
        path: path.clone(),
        error,
    })?;
    print(&format!(
        "wrote {}: commit it\n",
        crate::report::visible(&path.display().to_string())
    ))
}

/// Returns a path for the statement that no other statement has.
fn place(folder: &Path, confirmation: &Confirmation, made: &str) -> PathBuf {
    let person: String = confirmation
        .by
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(40)
        .collect();
    let name = format!("{}-{person}-{made}", confirmation.item);
    let folder = folder.join(statement::FOLDER);
    let numbered = (2..1000).map(|number| folder.join(format!("{name}-{number}.toml")));
    let mut all = std::iter::once(folder.join(format!("{name}.toml"))).chain(numbered);
    all.find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(format!("{name}.toml")))
}

/// Quotes a text for TOML, whose escapes include those of JSON.
fn quoted(text: &str) -> String {
    serde_json::to_string(text)
        .unwrap_or_default()
        .replace('\u{7f}', "\\u007f")
}

fn text(confirmation: &Confirmation, made: &str, folder: &Path) -> Result<String, Error> {
    let files = FolderFiles::new(folder, None);
    let mut sources = String::new();
    let mut is_of_files = false;
    for name in &confirmation.evidence {
        sources += &format!("\n[[evidence]]\nname = {}\n", quoted(name));
        if name.contains("://") {
            continue;
        }
        let Some(bytes) = files.read(name) else {
            return Err(Error::Usage(format!(
                "--evidence {name}: there is no such file below {}",
                folder.display()
            )));
        };
        is_of_files = true;
        sources += &format!("sha256 = \"{}\"\n", statement::digest(&bytes));
    }
    let scope = match &confirmation.release {
        Some(_) => "release",
        None if is_of_files => "evidence",
        None => "period",
    };
    let mut text = format!("version = 1\nitem = {}\n", quoted(&confirmation.item));
    if confirmation.denies {
        text += "holds = false\n";
    }
    if let Some(said) = &confirmation.statement {
        text += &format!("statement = {}\n", quoted(said));
    }
    text += &format!(
        "by = {}\nrole = {}\nscope = \"{scope}\"\nmade = {}\nuntil = {}\n",
        quoted(&confirmation.by),
        quoted(&confirmation.role),
        quoted(made),
        quoted(&confirmation.until)
    );
    if let Some(release) = &confirmation.release {
        text += &format!("subject = {}\n", quoted(release));
    }
    Ok(text + &sources)
}
