//! What a scan of one text leaves out because it is not sure enough, for those who count it.
//!
//! Such candidates are dropped where they are weighed, deep within the search, and far from any result that could carry
//! them: each thread notes them aside, and its scan takes them when the text is done.

use std::cell::RefCell;

use crate::model::Doubtful;

thread_local! {
    static NOTED: RefCell<Doubtful> = RefCell::default();
}

/// Notes a value that is left out.
pub(in crate::detect) fn note(value: &[u8]) {
    NOTED.with_borrow_mut(|noted| noted.note(value));
}

/// Returns what `scan` gives, and adds to `doubtful` what it has left out.
pub fn counting<T>(doubtful: &mut Doubtful, scan: impl FnOnce() -> T) -> T {
    // What others have scanned on this thread is not counted.
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
