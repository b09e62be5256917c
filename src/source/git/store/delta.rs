//! Rebuilds an object from its base and a delta.
//!
//! A delta is a list of "copy these bytes of the base" and "insert these bytes", so it also tells which bytes of the
//! object are new. Format: <https://git-scm.com/docs/pack-format#_deltified_representation>.

use std::ops::Range;

use crate::model::Inherited;

/// What is wrong with a damaged delta.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the delta is damaged: {0}")]
pub struct DeltaError(&'static str);

/// One step of a delta.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step<'d> {
    Copy(Range<usize>),
    Insert(&'d [u8]),
}

/// Rebuilds an object into `out`, and notes in `inherited` what was copied from the base; both are cleared first.
///
/// `limit` bounds the size of the object in bytes.
///
/// # Errors
///
/// Fails if the delta does not fit its base or does not produce the promised size. `out` then holds no valid object.
pub fn apply(
    base: &[u8],
    delta: &[u8],
    limit: usize,
    out: &mut Vec<u8>,
    inherited: &mut Vec<Inherited>,
) -> Result<(), DeltaError> {
    let mut rest = delta;
    let base_size = size(&mut rest)?;
    let result_size = size(&mut rest)?;
    if base_size != base.len() {
        return Err(DeltaError("it belongs to another base"));
    }
    if result_size > limit {
        return Err(DeltaError("its declared size exceeds the limit"));
    }
    out.clear();
    inherited.clear();
    out.reserve(result_size);
    while let Some(step) = next_step(&mut rest)? {
        let bytes = match step {
            Step::Copy(range) => {
                push_joined(inherited, out.len(), &range);
                base.get(range)
                    .ok_or(DeltaError("it copies from beyond the end of its base"))?
            }
            Step::Insert(bytes) => bytes,
        };
        if bytes.len() > result_size - out.len() {
            return Err(DeltaError("it produces more bytes than declared"));
        }
        out.extend_from_slice(bytes);
    }
    if out.len() != result_size {
        return Err(DeltaError("it produces fewer bytes than declared"));
    }
    Ok(())
}

/// Returns the result size that a delta declares; 0 if even that cannot be read.
pub(in crate::source::git) fn promised_size(delta: &[u8]) -> usize {
    let mut rest = delta;
    size(&mut rest)
        .and_then(|_| size(&mut rest))
        .unwrap_or_default()
}

/// Adds a copied range. Git splits long copies; they are joined again here.
fn push_joined(inherited: &mut Vec<Inherited>, start: usize, base: &Range<usize>) {
    match inherited.last_mut() {
        Some(last) if last.range().end == start && last.base_range().end == base.start => {
            last.len += base.len();
        }
        _ => inherited.push(Inherited {
            start,
            base_start: base.start,
            len: base.len(),
        }),
    }
}

/// Reads a size stored in groups of seven bits, lowest first.
fn size(rest: &mut &[u8]) -> Result<usize, DeltaError> {
    let mut size = 0usize;
    for shift in (0..usize::BITS).step_by(7) {
        let byte = take(rest)?;
        size |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(size);
        }
    }
    Err(DeltaError("a size is too large"))
}

fn next_step<'d>(rest: &mut &'d [u8]) -> Result<Option<Step<'d>>, DeltaError> {
    let Some((&code, tail)) = rest.split_first() else {
        return Ok(None);
    };
    *rest = tail;
    if code & 0x80 != 0 {
        let start = sparse(rest, code & 0x0f)?;
        // Up to three bytes of length; if none is present, the length is 64 KiB.
        let length = match sparse(rest, (code >> 4) & 0x07)? {
            0 => 0x10000,
            length => length,
        };
        Ok(Some(Step::Copy(start..start + length)))
    } else if code != 0 {
        let (bytes, tail) = rest
            .split_at_checked(usize::from(code))
            .ok_or(DeltaError("it is truncated"))?;
        *rest = tail;
        Ok(Some(Step::Insert(bytes)))
    } else {
        Err(DeltaError("it has a reserved instruction"))
    }
}

/// Reads a little-endian number of which only the bytes in `present` are stored.
fn sparse(rest: &mut &[u8], present: u8) -> Result<usize, DeltaError> {
    let mut value = 0;
    for byte in 0..4 {
        if present & (1 << byte) != 0 {
            value |= usize::from(take(rest)?) << (8 * byte);
        }
    }
    Ok(value)
}

fn take(rest: &mut &[u8]) -> Result<u8, DeltaError> {
    let (&byte, tail) = rest.split_first().ok_or(DeltaError("it is truncated"))?;
    *rest = tail;
    Ok(byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The bytes, and what was inherited: start, start in the base, length.
    type Rebuilt<'a> = (&'a [u8], &'a [(usize, usize, usize)]);

    fn check(base: &[u8], delta: &[u8], expected: Result<Rebuilt<'_>, &str>) {
        let (mut out, mut inherited) = (Vec::new(), Vec::new());
        let result = apply(base, delta, 1 << 20, &mut out, &mut inherited);
        let inherited: Vec<_> = inherited
            .iter()
            .map(|part| (part.start, part.base_start, part.len))
            .collect();
        match expected {
            Ok((bytes, copied)) => {
                assert_eq!((out.as_slice(), inherited.as_slice()), (bytes, copied));
            }
            Err(reason) => assert_eq!(result.map_err(|error| error.0), Err(reason)),
        }
    }

    #[test]
    fn copies_and_inserts_are_told_apart() {
        let delta = [
            6,
            8,
            0b1001_0001,
            2,
            3,
            2,
            b'X',
            b'Y',
            1,
            b'Z',
            0b1001_0000,
            2,
        ];
        check(
            b"abcdef",
            &delta,
            Ok((b"cdeXYZab", &[(0, 2, 3), (6, 0, 2)])),
        );
        check(b"abc", &[3, 0], Ok((b"", &[])));
    }

    #[test]
    fn a_copy_without_a_length_is_the_largest() {
        let base = vec![b'x'; 0x10000];
        let delta = [0x80, 0x80, 0x04, 0x80, 0x80, 0x04, 0x80];
        check(&base, &delta, Ok((&base, &[(0, 0, 0x10000)])));
    }

    #[test]
    fn damage_is_named() {
        check(b"abc", &[4, 1, 1, b'x'], Err("it belongs to another base"));
        check(
            b"abc",
            &[3, 9, 0b1001_0001, 1, 9],
            Err("it copies from beyond the end of its base"),
        );
        check(
            b"abc",
            &[3, 1, 2, b'x', b'y'],
            Err("it produces more bytes than declared"),
        );
        check(
            b"abc",
            &[3, 2, 1, b'x'],
            Err("it produces fewer bytes than declared"),
        );
        check(b"abc", &[3, 2, 2, b'x'], Err("it is truncated"));
        check(b"abc", &[3, 2, 0], Err("it has a reserved instruction"));
        check(
            b"",
            &[0, 0xff, 0xff, 0xff, 0xff, 0xf],
            Err("its declared size exceeds the limit"),
        );
    }

    proptest! {
        #[test]
        fn no_delta_makes_it_panic(base: Vec<u8>, delta: Vec<u8>) {
            let _ = apply(&base, &delta, 1 << 16, &mut Vec::new(), &mut Vec::new());
        }
    }
}
