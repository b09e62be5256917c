//! Values that formats compute from a whole tree, once, when the first file needs them.

use std::any::{Any, TypeId};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use crate::audit::limit;

/// One value of each type.
#[derive(Default)]
pub(super) struct Shared(Mutex<FxHashMap<TypeId, Slot>>);

/// The slot of one value, so that other values are accessible while it is computed.
type Slot = Arc<dyn Any + Send + Sync>;

impl Shared {
    /// Returns the value of this type, computing it with `read` if necessary.
    pub(super) fn get<T: Any + Send + Sync>(&self, read: impl FnOnce() -> T) -> Arc<T> {
        // Limits reached on the way are recorded where each file is audited.
        let read = || Arc::new(limit::watched(read).0);
        match self.slot::<T>() {
            Ok(slot) => Arc::clone(slot.get_or_init(read)),
            Err(_) => read(),
        }
    }

    fn slot<T: Any + Send + Sync>(&self) -> Result<Arc<OnceLock<Arc<T>>>, Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(OnceLock::<Arc<T>>::new()));
        Arc::clone(slot).downcast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_worked_out_once() {
        let shared = Shared::default();
        let number = shared.get(|| shared.get(|| "text").len());
        assert_eq!((*number, *shared.get(|| "other")), (4, "text"));
        assert_eq!(*shared.get(|| 5_usize), 4);
    }
}
