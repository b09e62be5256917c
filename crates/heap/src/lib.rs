//! How the memory of gonogo's programs is given back.
//!
//! A package of its own, since it holds the only `unsafe` call: Rust has no safe one for the settings of the system's
//! allocator. Programs make it once, before anything else; the library never does, since its host decides.

/// Has blocks of 64 KiB or more mapped by themselves, so that they are the system's again once they are freed, and two
/// threads share one heap. A block that the end of the heap has room for still comes from there.
///
/// glibc starts so, too, but the first such block that is freed raises that size to its own, up to 32 MiB, and then smaller
/// ones come from the heap, where what is freed between others stays (`mallopt(3)`, *Dynamic mmap threshold*). A scan has
/// many large texts for a short time: a third of its peak was such gaps.
///
/// It also gives each thread a heap of its own, and what one has given back no other can have. With one heap for two
/// threads less of it lies idle, and they seldom wait for each other: most of what is small comes from what each thread keeps
/// (`tcache`), and what is large is mapped.
///
/// What the user has set in the environment counts, and other allocators are left as they are.
pub fn return_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// In bytes: half of what glibc begins with.
        const LARGE: libc::c_int = 64 << 10;
        if !is_set_by_user("mmap_", "MALLOC_MMAP_") {
            set(libc::M_MMAP_THRESHOLD, LARGE);
        }
        if !is_set_by_user("arena_", "MALLOC_ARENA_") {
            let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            let heaps = libc::c_int::try_from(threads.div_ceil(2));
            set(libc::M_ARENA_MAX, heaps.unwrap_or(libc::c_int::MAX));
        }
    }
}

/// Sets a parameter of the allocator.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn set(parameter: libc::c_int, value: libc::c_int) {
    // SAFETY: it takes two numbers and no memory, and glibc takes its own lock. Where it refuses, all stays as it was.
    #[expect(unsafe_code, reason = "there is no safe function for it")]
    unsafe {
        libc::mallopt(parameter, value);
    }
}

/// Whether the environment sets one of the tunables of glibc whose names begin so, in either way of writing them.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn is_set_by_user(tunable: &str, variable: &str) -> bool {
    let tunables = std::env::var_os("GLIBC_TUNABLES").unwrap_or_default();
    let is_tuned = tunables
        .to_string_lossy()
        .contains(&format!("glibc.malloc.{tunable}"));
    is_tuned || std::env::vars_os().any(|(name, _)| name.to_string_lossy().starts_with(variable))
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    /// How far behind the beginning of a page a block begins that is mapped by itself.
    fn offset(block: &[u8]) -> usize {
        block.as_ptr() as usize % 4096
    }

    #[test]
    fn large_blocks_are_mapped_whatever_was_freed_before() {
        if super::is_set_by_user("mmap_", "MALLOC_MMAP_") {
            return;
        }
        super::return_large_blocks();
        let header = offset(&vec![0; 1 << 20]);
        // The end of the heap has room for 128 KiB and a little more, and is asked first.
        let blocks: Vec<Vec<u8>> = (4..12).map(|kind| vec![0; kind * 66_000]).collect();
        assert!(blocks.iter().all(|block| offset(block) == header));
    }
}
