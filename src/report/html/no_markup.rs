//! JSON embedded in an HTML page.

use std::io;

/// Passes JSON on without any character that HTML would act on: all of them can only occur in strings.
pub(super) struct NoMarkup<W>(pub(super) W);

impl<W: io::Write> io::Write for NoMarkup<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let mut done = 0;
        for (at, byte) in buffer.iter().enumerate() {
            if matches!(byte, b'<' | b'>' | b'&') {
                self.0.write_all(&buffer[done..at])?;
                write!(self.0, "\\u{byte:04x}")?;
                done = at + 1;
            }
        }
        self.0.write_all(&buffer[done..])?;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
