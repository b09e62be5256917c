//! Values that were blanked out: `xxxx`, `***`, `000000`.

/// Most of the value, or all of it, was blanked out.
pub(super) fn is_masked(value: &str) -> bool {
    if value.ends_with("...") || value.ends_with('…') || value.contains("•••") {
        return true;
    }
    let bytes = value.as_bytes();
    let longest = |wanted: u8| longest_run(bytes, wanted);
    let alphanumeric = bytes
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .count();
    let (x, zeros) = (longest(b'x'), longest(b'0'));
    // Four x in a row are rare in random text but not impossible: they must be a good part of a long value.
    (x >= 4 && (x * 4 >= alphanumeric || is_cut_off(bytes)))
        || longest(b'*') >= 3
        || longest(b'#') >= 4
        || (zeros >= 6 && zeros * 2 >= alphanumeric && !counts_zeros(bytes))
        || (alphanumeric >= 6 && bytes.iter().all(|byte| matches!(byte, b'0' | b'-')))
        || (x >= 3
            && bytes
                .iter()
                .all(|byte| matches!(byte, b'x' | b'X' | b'-' | b'_')))
}

/// Whether the value ends in four x of one case, as redacted ones do: by chance, one value in millions does.
fn is_cut_off(bytes: &[u8]) -> bool {
    bytes.ends_with(b"xxxx") || bytes.ends_with(b"XXXX")
}

/// Whether the value is a round number: zeros after another digit.
fn counts_zeros(bytes: &[u8]) -> bool {
    bytes[0] != b'0' && bytes.iter().all(u8::is_ascii_digit)
}

/// Returns the length of the longest run of `wanted`; letters match in either case.
fn longest_run(bytes: &[u8], wanted: u8) -> usize {
    let (mut longest, mut run) = (0, 0);
    for byte in bytes {
        run = if byte.eq_ignore_ascii_case(&wanted) {
            run + 1
        } else {
            0
        };
        longest = longest.max(run);
    }
    longest
}
