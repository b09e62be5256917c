//! Classifies paths of the host by what they give away when mounted.

use crate::model::Severity;

/// What a mounted path of the host gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The root, or files that the host executes: write access means control of the host.
    System,
    /// Keys and passwords of the host, or of its users.
    Credentials,
    /// Interfaces of the kernel.
    Kernel,
    /// The data of the container engine.
    Engine,
    /// A part of the system directories.
    Part,
    /// A whole home directory.
    Home,
    /// A directory for variable data.
    Data,
}

impl Kind {
    /// Returns how severe a mount of it is.
    pub(super) fn severity(self, is_read_only: bool) -> Severity {
        match (self, is_read_only) {
            (Self::System | Self::Credentials, _)
            | (Self::Engine | Self::Kernel | Self::Home, false) => Severity::High,
            (Self::Engine | Self::Kernel | Self::Home, true) => Severity::Medium,
            (Self::Part, false) => Severity::Low,
            (Self::Part, true) | (Self::Data, _) => Severity::Info,
        }
    }

    /// Returns a short description.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::System => "a system directory of the host",
            Self::Credentials => "credentials of the host or of its users",
            Self::Kernel => "a kernel interface of the host",
            Self::Engine => "the container engine's data",
            Self::Part => "part of a system directory of the host",
            Self::Home => "an entire home directory of the host",
            Self::Data => "a data directory of the host",
        }
    }
}

#[rustfmt::skip]
const SYSTEM: &[&str] = &[
    "/", "/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64", "/root", "/sbin", "/usr", "/usr/bin", "/usr/lib",
    "/usr/local/bin", "/usr/sbin", "/var", "/var/lib", "/var/spool/cron", "/etc/cron.d", "/etc/systemd",
    "/etc/systemd/system", "/etc/init.d", "c:", "c:\\windows",
];
#[rustfmt::skip]
const CREDENTIALS: &[&str] = &[
    "/etc/docker/certs.d", "/etc/gshadow", "/etc/kubernetes", "/etc/shadow", "/etc/ssh", "/etc/ssl/private",
    "/etc/sudoers", "/etc/sudoers.d", "/etc/krb5.keytab",
];
/// Paths in a home directory that hold credentials.
#[rustfmt::skip]
const HOME_CREDENTIALS: &[&str] = &[
    ".aws", ".azure", ".bash_history", ".config/gcloud", ".config/gh", ".config/rclone", ".docker", ".git-credentials",
    ".gnupg", ".kube", ".netrc", ".npmrc", ".pgpass", ".pypirc", ".ssh",
];
/// Mounts that let the container agree with the host about time, names and trusted certificates, and give nothing away;
/// and devices that are mounted like files.
#[rustfmt::skip]
const HARMLESS: &[&str] = &[
    "/dev/bus/usb", "/dev/dri", "/dev/log", "/dev/net/tun", "/dev/null", "/dev/random", "/dev/serial", "/dev/shm",
    "/dev/snd", "/dev/urandom", "/dev/video0",
    "/etc/adjtime", "/etc/ca-certificates", "/etc/group", "/etc/hostname", "/etc/hosts", "/etc/letsencrypt",
    "/etc/localtime", "/etc/machine-id", "/etc/nsswitch.conf", "/etc/os-release", "/etc/passwd", "/etc/pki",
    "/etc/resolv.conf", "/etc/ssl", "/etc/timezone", "/usr/lib/os-release",
    "/usr/local/share/ca-certificates", "/usr/share/ca-certificates", "/usr/share/fonts", "/usr/share/zoneinfo",
    "/usr/src", "/var/lib/dbus/machine-id",
];
const ENGINE: &[&str] = &[
    "/etc/docker",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/docker",
    "/var/lib/kubelet",
];
const PARTS: &[&str] = &[
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/root", "/sbin", "/usr",
];

/// Returns the kind of a path; `None` if it gives nothing away.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let path = path.to_ascii_lowercase();
    let path = path.as_str();
    if let Some(inside) = inside_home(path) {
        let is_credential = HOME_CREDENTIALS
            .iter()
            .any(|known| is_within(inside, known));
        return match inside {
            "" => Some(Kind::Home),
            _ => is_credential.then_some(Kind::Credentials),
        };
    }
    let is_in = |known: &[&str]| known.iter().any(|known| is_within(path, known));
    if SYSTEM.contains(&path.trim_end_matches('\\')) {
        Some(Kind::System)
    } else if is_in(CREDENTIALS) {
        Some(Kind::Credentials)
    } else if is_in(HARMLESS) {
        None
    } else if is_in(&["/proc", "/sys"]) || path == "/dev" {
        Some(Kind::Kernel)
    } else if is_in(ENGINE) {
        Some(Kind::Engine)
    } else if is_in(PARTS) {
        Some(Kind::Part)
    } else if is_in(&["/var/lib", "/var/log", "/var/data"]) {
        Some(Kind::Data)
    } else {
        None
    }
}

fn is_within(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The rest of a path that begins with a home directory: empty if it ends there.
fn inside_home(path: &str) -> Option<&str> {
    if let Some(rest) = path.strip_prefix("/home/").or(path.strip_prefix("/users/")) {
        return Some(rest.split_once('/').map_or("", |(_, rest)| rest));
    }
    if let Some(rest) = path.strip_prefix('~').or(path.strip_prefix("/root/")) {
        return Some(rest.trim_start_matches('/'));
    }
    (path == "/home" || path == "/users").then_some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_known_for_what_they_hold() {
        for (path, expected) in [
            ("/", Some(Kind::System)),
            ("/etc", Some(Kind::System)),
            ("/etc/nginx", Some(Kind::Part)),
            ("/etc/localtime", None),
            ("/etc/ssl/certs", None),
            ("/etc/ssl/private/a.key", Some(Kind::Credentials)),
            ("/etc/shadow", Some(Kind::Credentials)),
            ("/etcetera", None),
            ("/proc", Some(Kind::Kernel)),
            ("/sys/fs/cgroup", Some(Kind::Kernel)),
            ("/var/lib/docker/volumes", Some(Kind::Engine)),
            ("/var/lib/app", Some(Kind::Data)),
            ("/var/www", None),
            ("~", Some(Kind::Home)),
            ("~/.ssh/id", Some(Kind::Credentials)),
            ("~/data", None),
            ("/home/ann", Some(Kind::Home)),
            ("/home/ann/.aws", Some(Kind::Credentials)),
            ("/home/ann/data", None),
            ("/root", Some(Kind::System)),
            ("/root/.kube/config", Some(Kind::Credentials)),
            ("/srv/data", None),
            ("./etc", None),
            ("C:\\", Some(Kind::System)),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }
}
