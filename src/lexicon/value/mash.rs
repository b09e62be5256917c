//! Values that someone typed by mashing the keyboard: `fghjkl;tyuio`, `sdfkjhsdfkjh`.

/// The letters of a keyboard, row by row.
const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// Fewer letters may be in one row by chance.
const LEAST: usize = 12;

/// Returns whether `value` was typed by mashing the keyboard: nearly all of its letters are in one row, or each is next
/// to the one before. Random values have letters of all rows, and one in four is near the one before.
pub fn is_mashed(value: &str) -> bool {
    let letters = || value.bytes().filter(u8::is_ascii_alphabetic);
    let count = letters().count();
    let is_upper = value.bytes().any(|byte| byte.is_ascii_uppercase());
    let is_lower = value.bytes().any(|byte| byte.is_ascii_lowercase());
    if count < LEAST || count * 10 < value.len() * 8 || is_upper && is_lower {
        return false;
    }
    let places = || letters().filter_map(|byte| place(byte.to_ascii_lowercase()));
    let in_row = |row: usize| places().filter(|place| place.0 == row).count();
    if (0..ROWS.len()).any(|row| in_row(row) * 10 >= count * 9) && has_several(letters()) {
        return true;
    }
    let near = places()
        .zip(places().skip(1))
        .filter(|(a, b)| a.0.abs_diff(b.0) <= 1 && a.1.abs_diff(b.1) <= 1 && a != b);
    near.count() * 10 >= (count - 1) * 7
}

/// Whether there are more than two distinct letters.
fn has_several(letters: impl Iterator<Item = u8>) -> bool {
    let mut seen = [false; 256];
    letters.for_each(|byte| seen[usize::from(byte.to_ascii_lowercase())] = true);
    seen.iter().filter(|seen| **seen).count() > 2
}

/// Returns the row of a letter and its position in the row.
fn place(letter: u8) -> Option<(usize, usize)> {
    let mut rows = ROWS.iter().enumerate();
    rows.find_map(|(row, keys)| Some((row, keys.iter().position(|key| *key == letter)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fingers_run_over_is_told_from_chance() {
        for value in [
            "fghjkl;tyuiogfhjkfghj12",
            "sdfkjhsdfkjhsdf",
            "jkhfdsalkjfhdsakjlfhdsa",
            "asdkjaslkdjalskdjalksjd123",
            "ASDFGHJKLASDFGHJKL",
        ] {
            assert!(is_mashed(value), "{value}");
        }
        for value in [
            "",
            "asdfghjkl",
            "kqzvbnwtpmxrjdgh",
            "wzkfqvylxoahtnej",
            "mysupersecretpassword",
            "correcthorsebatterystaple",
            "q8zr2lkt0vxw5ns7",
            "AsdFghJklAsdFghJkl",
            "aaaaaaaaaaaaaaaa",
            "typewriterkeyboards",
        ] {
            assert!(!is_mashed(value), "{value}");
        }
    }
}
