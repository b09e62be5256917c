//! All frames of a Zstandard file, one after another: the output of `cat a.zst b.zst` is valid, too.

use std::io::{self, Read};

use ruzstd::decoding::StreamingDecoder;

/// The magic number of skippable frames; its last four bits may be anything.
const SKIPPED: u32 = 0x184d_2a50;

/// Reads the contents of all frames.
pub(super) struct Frames<'b> {
    rest: &'b [u8],
    frame: Option<StreamingDecoder<&'b [u8], ruzstd::decoding::FrameDecoder>>,
}

impl<'b> Frames<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self {
            rest: bytes,
            frame: None,
        }
    }

    /// Skips a skippable frame; returns whether there was one.
    fn skip(&mut self) -> io::Result<bool> {
        let word = |at: usize| {
            let bytes = self.rest.get(at..at + 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        if word(0).is_none_or(|magic| magic & !0xf != SKIPPED) {
            return Ok(false);
        }
        let length = word(4).and_then(|length| usize::try_from(length).ok());
        let end = length.and_then(|length| length.checked_add(8));
        self.rest = end
            .and_then(|end| self.rest.get(end..))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(true)
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let read = frame.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                self.rest = frame.get_ref();
                self.frame = None;
            }
            if self.rest.is_empty() {
                return Ok(0);
            }
            if !self.skip()? {
                self.frame = Some(StreamingDecoder::new(self.rest).map_err(io::Error::other)?);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        Frames::new(bytes).read_to_end(&mut all)?;
        Ok(all)
    }

    #[test]
    fn every_frame_is_read() {
        let frame = |text: &str| compress_to_vec(text.as_bytes(), CompressionLevel::Fastest);
        let skipped = [
            &0x184d_2a57_u32.to_le_bytes()[..],
            &3_u32.to_le_bytes(),
            b"abc",
        ]
        .concat();
        let all = [frame("one "), skipped, frame(""), frame("two")].concat();
        assert_eq!(read(&all).expect("all frames are whole"), b"one two");
        assert!(read(&[&frame("one")[..], b"rest"].concat()).is_err());
    }
}
