//! JSON over several lines, as `serde_json` writes it, in fewer pieces.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// What begins a line: what ends the one before, and spaces.
const BEGINNING: &[u8] = b",\n                                                                ";
/// How many spaces a level has.
const STEP: usize = 2;

/// Writes each beginning of a line at once, where `serde_json` writes a comma, a line end and each level by itself: most
/// of a report is short lines.
#[derive(Debug, Default)]
pub(super) struct Indented {
    level: usize,
    /// Whether what is about to end has an entry.
    has_entry: bool,
}

impl Indented {
    /// Begins a line, behind a comma unless it is the first.
    fn line<W: ?Sized + Write>(&self, out: &mut W, is_first: bool) -> io::Result<()> {
        let spaces = STEP * self.level;
        let known = spaces.min(BEGINNING.len() - 2);
        out.write_all(&BEGINNING[usize::from(is_first)..2 + known])?;
        (known..spaces).try_for_each(|_| out.write_all(b" "))
    }

    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level += 1;
        self.has_entry = false;
        out.write_all(bracket)
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level -= 1;
        if self.has_entry {
            self.line(out, true)?;
        }
        out.write_all(bracket)
    }
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        is_first: bool,
    ) -> io::Result<()> {
        self.line(out, is_first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_entry = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        is_first: bool,
    ) -> io::Result<()> {
        self.line(out, is_first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_entry = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize as _;
    use serde_json::{Serializer, Value, json};

    use super::*;

    #[test]
    fn it_is_written_as_serde_json_does() {
        let deep = (0..50).fold(json!({"a": []}), |inner, _| json!([{"b": inner}, []]));
        for value in [
            json!([]),
            json!({}),
            json!([[], {}, [1, [2]], "x\ny"]),
            json!({"a": {}, "b": [{"c": null}, {}], "d": {"e": {"f": true}}}),
            deep,
        ] {
            let mut written = Vec::new();
            let mut serializer = Serializer::with_formatter(&mut written, Indented::default());
            value.serialize(&mut serializer).unwrap();
            let expected = serde_json::to_string_pretty(&value).unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), expected);
            assert_eq!(serde_json::from_str::<Value>(&expected).unwrap(), value);
        }
    }
}
