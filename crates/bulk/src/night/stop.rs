//! How the user stops a run.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::error::Error;

/// Returns a flag that is set when the user stops the program; the second time ends it at once.
pub(crate) fn stop_flag() -> Result<Arc<AtomicBool>, Error> {
    let stop = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let again =
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&stop));
        let first = signal_hook::flag::register(signal, Arc::clone(&stop));
        again
            .and(first)
            .map_err(|error| Error::usage(format!("signals cannot be caught: {error}")))?;
    }
    Ok(stop)
}
