//! How the memory of gonogo's programs is given back.
//!
//! A package of its own, since it holds the only `unsafe` call: Rust has no safe one for the settings of the system's
//! allocator. Programs make it once, before anything else; the library never does, since its host decides.

/// Has every block of 128 KiB or more mapped by itself, so that it is the system's again once it is freed.
///
/// glibc starts so, too, but the first such block that is freed raises that size to its own, up to 32 MiB, and then smaller
/// ones come from the heap, where what is freed between others stays (`mallopt(3)`, *Dynamic mmap threshold*). A scan has
/// many large texts for a short time: a third of its peak was such gaps. A size that the user has set in the environment
/// counts, and other allocators are left as they are.
pub fn return_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if !is_set_by_user() {
        /// In bytes: what glibc begins with on machines of 64 bits and of 32.
        const LARGE: libc::c_int = 128 << 10;
        // SAFETY: it takes two numbers and no memory, and glibc takes its own lock. Where it refuses, all stays as it was.
        #[expect(unsafe_code, reason = "there is no safe function for it")]
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        }
    }
}

/// Whether the environment says from which size on blocks are mapped, or how many may be.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn is_set_by_user() -> bool {
    let tunables = std::env::var_os("GLIBC_TUNABLES").unwrap_or_default();
    let is_tuned = tunables.to_string_lossy().contains("glibc.malloc.mmap_");
    is_tuned
        || ["MALLOC_MMAP_THRESHOLD_", "MALLOC_MMAP_MAX_"]
            .iter()
            .any(|name| std::env::var_os(name).is_some())
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    /// How far behind the beginning of a page a block begins that is mapped by itself.
    fn offset(block: &[u8]) -> usize {
        block.as_ptr() as usize % 4096
    }

    #[test]
    fn large_blocks_are_mapped_whatever_was_freed_before() {
        if super::is_set_by_user() {
            return;
        }
        super::return_large_blocks();
        let header = offset(&vec![0; 1 << 20]);
        let blocks: Vec<Vec<u8>> = (1..8).map(|kind| vec![0; kind * 130_000 + 2_000]).collect();
        assert!(blocks.iter().all(|block| offset(block) == header));
    }
}
