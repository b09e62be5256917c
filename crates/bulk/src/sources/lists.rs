//! Lists of sources: one directory or address per line.

use std::io;
use std::path::Path;

use crate::error::Error;

/// Larger files are not lists.
const MAX_BYTES: u64 = 64 << 20;

/// A line that names something.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) text: String,
}

/// Reads the lines of the list at `path`, without empty lines and comments, which begin with `#`; behind a source, with a
/// space before it, unless something is called so.
pub(super) fn read(path: &Path) -> Result<Vec<Line>, Error> {
    let text = gonogo::source::read_text_file(path, MAX_BYTES);
    let text = text.map_err(|error| Error::file(path, refused(error)))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines = (1..).zip(text.lines().map(str::trim));
    let folder = path.parent().unwrap_or(Path::new(""));
    let lines: Vec<Line> = lines
        .filter(|(_, text)| !text.is_empty() && !text.starts_with('#'))
        .map(|(number, text)| (number, without_comment(folder, text)))
        .map(|(number, text)| Line {
            number,
            text: text.to_owned(),
        })
        .collect();
    if lines.is_empty() {
        let reason = io::Error::new(io::ErrorKind::InvalidData, "the list names nothing");
        return Err(Error::file(path, reason));
    }
    Ok(lines)
}

fn without_comment<'t>(folder: &Path, text: &'t str) -> &'t str {
    let at = text.find(" #").or_else(|| text.find("\t#"));
    match at {
        Some(at) if !folder.join(text).exists() => text[..at].trim_end(),
        _ => text,
    }
}

fn refused(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::InvalidData {
        let reason = "this is no list of repositories: write a folder or an address on each line";
        return io::Error::new(error.kind(), reason);
    }
    error
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn comments_and_empty_lines_do_not_count() {
        let world = tempfile::tempdir().unwrap();
        let path = world.path().join("list");
        fs::write(&path, "# all of them\r\n\r\n  a folder \r\n").unwrap();
        let lines = read(&path).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].number, lines[0].text.as_str()), (3, "a folder"));
        fs::create_dir(world.path().join("a #1")).unwrap();
        fs::write(
            &path,
            "x.git   # infra\na #1\nhttps://git.example/a#b\t# c\n",
        )
        .unwrap();
        let lines = read(&path).unwrap();
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["x.git", "a #1", "https://git.example/a#b"]);
        fs::write(&path, "# none\n").unwrap();
        assert!(read(&path).is_err());
        fs::write(&path, b"\xff\xfe").unwrap();
        assert!(read(&path).is_err());
    }
}
