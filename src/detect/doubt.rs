//! Counts what a scan of one text leaves out because it is not certain enough.
//!
//! Such candidates are dropped where they are judged, deep inside the search and far from any result that could carry
//! them. So each thread records them separately, and its scan collects them when the text is done.

use std::cell::RefCell;

use crate::model::Doubtful;

thread_local! {
    static NOTED: RefCell<Doubtful> = RefCell::default();
}

/// Records a value that is left out.
pub(in crate::detect) fn note(value: &[u8]) {
    NOTED.with_borrow_mut(|noted| noted.note(value));
}

/// Returns the result of `scan`, and adds to `doubtful` what it left out.
pub fn counting<T>(doubtful: &mut Doubtful, scan: impl FnOnce() -> T) -> T {
    // What earlier scans on this thread left out is not counted.
    let _ = take();
    let result = scan();
    let noted = take();
    if !noted.is_empty() {
        doubtful.merge(noted);
    }
    result
}

fn take() -> Doubtful {
    NOTED.with_borrow_mut(|noted| {
        if noted.is_empty() {
            Doubtful::default()
        } else {
            std::mem::take(noted)
        }
    })
}
