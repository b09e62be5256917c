//! What a worker may use: a limited amount of memory, no network, and no core file, which would hold what it has read.

/// Confines this process for good; only its memory limit may be set again for each repository.
///
/// # Errors
///
/// Fails if the system refuses. A worker that is not confined must not work.
pub(crate) fn confine() -> Result<(), String> {
    no_core_file()?;
    no_network()
}

/// Prevents this process from writing core files.
#[cfg(unix)]
pub(crate) fn no_core_file() -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)
        .map_err(|error| format!("core files cannot be switched off: {error}"))
}

/// Prevents this process from writing core files.
#[cfg(not(unix))]
pub(crate) fn no_core_file() -> Result<(), String> {
    Ok(())
}

/// Limits the memory of this process, apart from code and mapped files.
#[cfg(unix)]
pub(crate) fn bound_memory(bytes: u64) -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Data).maximum;
    let limit = Rlimit {
        current: Some(maximum.map_or(bytes, |maximum| maximum.min(bytes))),
        maximum,
    };
    setrlimit(Resource::Data, limit)
        .map_err(|error| format!("the memory cannot be bounded: {error}"))
}

#[cfg(not(unix))]
pub(crate) fn bound_memory(_bytes: u64) -> Result<(), String> {
    Ok(())
}

/// Makes the kernel refuse every socket.
#[cfg(target_os = "linux")]
fn no_network() -> Result<(), String> {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter_all_threads};
    let failed =
        |error: &dyn std::fmt::Display| format!("the network cannot be switched off: {error}");
    let refused = SeccompAction::Errno(libc::EACCES.unsigned_abs());
    // io_uring can open sockets without the calls above.
    let calls = [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_io_uring_setup,
    ];
    let rules = calls.into_iter().map(|call| (call, Vec::new())).collect();
    let architecture = std::env::consts::ARCH
        .try_into()
        .map_err(|error| failed(&error))?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refused, architecture);
    let program: BpfProgram = filter
        .and_then(TryInto::try_into)
        .map_err(|error| failed(&error))?;
    apply_filter_all_threads(&program).map_err(|error| failed(&error))
}

#[cfg(not(target_os = "linux"))]
fn no_network() -> Result<(), String> {
    Ok(())
}
