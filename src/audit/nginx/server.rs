//! An HTTP `server`: what it listens on, and what it does with requests.

use super::forest::{At, Scope};

/// One server.
pub(super) struct Server<'f> {
    pub(super) at: At<'f>,
    pub(super) listens: Vec<Listen<'f>>,
    pub(super) names: Vec<&'f str>,
    /// Everything within it, at any depth.
    pub(super) inner: Vec<At<'f>>,
    /// Whether everything that it includes could be seen.
    pub(super) is_whole: bool,
}

/// One `listen`.
#[derive(Clone, Copy)]
pub(super) struct Listen<'f> {
    pub(super) at: At<'f>,
    /// The port; `None` if it is a variable or a Unix socket.
    pub(super) port: Option<u16>,
    pub(super) is_tls: bool,
    /// Whether only the same machine can connect.
    pub(super) is_local: bool,
}

impl<'f> Server<'f> {
    /// Returns the server that a directive opens; `None` for a server of an upstream or of another protocol.
    pub(super) fn new(at: At<'f>) -> Option<Self> {
        if !at.is_block()
            || !at
                .scope()
                .outwards()
                .filter_map(Scope::opener)
                .all(|outer| outer.name() == "http")
        {
            return None;
        }
        let block = at.block();
        let inner = block.descendants();
        let is_legacy_tls = block.named("ssl").iter().any(|ssl| ssl.argument(0) == "on");
        let listens = block.named("listen").into_iter();
        let listens: Vec<_> = listens
            .map(|listen| Listen::new(listen, is_legacy_tls))
            .collect();
        let names = block.named("server_name");
        let is_whole = block.is_whole()
            && inner
                .iter()
                .filter(|inner| inner.is_block())
                .all(|inner| inner.block().is_whole());
        Some(Self {
            at,
            listens,
            names: names.iter().flat_map(|names| names.arguments()).collect(),
            inner,
            is_whole,
        })
    }

    pub(super) fn is_tls(&self) -> bool {
        self.listens.iter().any(|listen| listen.is_tls)
    }

    /// Returns the first socket on which it accepts requests without TLS from other machines.
    pub(super) fn plain(&self) -> Option<&Listen<'f>> {
        self.listens
            .iter()
            .find(|listen| !listen.is_tls && !listen.is_local)
    }

    /// Returns whether only the same machine can connect.
    pub(super) fn is_local(&self) -> bool {
        !self.listens.is_empty() && self.listens.iter().all(|listen| listen.is_local)
    }

    /// Returns whether a directive of this name is anywhere within.
    pub(super) fn has(&self, name: &str) -> bool {
        self.inner.iter().any(|inner| inner.name() == name)
    }

    /// Returns whether it passes requests on to something that may set headers of its own.
    pub(super) fn hands_on(&self) -> bool {
        const GATEWAYS: &[&str] = &[
            "proxy_pass",
            "fastcgi_pass",
            "uwsgi_pass",
            "grpc_pass",
            "scgi_pass",
            "passenger_enabled",
        ];
        GATEWAYS.iter().any(|name| self.has(name))
            || self
                .inner
                .iter()
                .any(|inner| inner.name().contains("_by_lua"))
    }

    /// Returns whether it answers every request by itself, with a redirect or a refusal.
    pub(super) fn only_answers(&self) -> bool {
        let block = self.at.block();
        let refuses = block
            .named("ssl_reject_handshake")
            .iter()
            .any(|reject| reject.argument(0) == "on");
        let rewrites = block.named("rewrite");
        let redirects = rewrites.iter().any(|rewrite| {
            matches!(rewrite.argument(2), "permanent" | "redirect")
                || rewrite.argument(1).starts_with("http")
        });
        refuses
            || redirects
            || !block.named("return").is_empty()
            || (!self.hands_on() && !self.serves_files())
    }

    /// Returns whether it serves files of its own.
    pub(super) fn serves_files(&self) -> bool {
        ["root", "alias", "try_files"]
            .iter()
            .any(|name| self.has(name))
    }

    /// Returns whether it redirects at least some visitors without TLS to TLS.
    pub(super) fn redirects_to_tls(&self) -> bool {
        self.inner.iter().any(|inner| match inner.name() {
            "return" => inner
                .arguments()
                .any(|argument| argument.starts_with("https://")),
            "rewrite" => inner.argument(1).starts_with("https://"),
            "error_page" => inner.argument(0) == "497",
            "if" => inner.arguments().any(|argument| {
                argument.contains("$https")
                    || argument.contains("$scheme")
                    || argument.contains("forwarded_proto")
            }),
            _ => false,
        })
    }

    /// Returns its name for messages.
    pub(super) fn label(&self) -> String {
        let name = self
            .names
            .iter()
            .find(|name| !name.is_empty() && **name != "_");
        match name {
            Some(name) => format!("server `{name}`"),
            None => "the server".to_owned(),
        }
    }
}

impl<'f> Listen<'f> {
    fn new(at: At<'f>, is_legacy_tls: bool) -> Self {
        let address = at.argument(0);
        let (host, port) = match address.rsplit_once(':') {
            _ if address.starts_with("unix:") => ("unix", ""),
            Some((host, port)) if !port.contains(']') => (host, port),
            _ if address.bytes().all(|byte| byte.is_ascii_digit()) => ("", address),
            _ if address.contains('$') => ("", address),
            _ => (address, "80"),
        };
        let has = |word: &str| at.arguments().skip(1).any(|argument| argument == word);
        Self {
            at,
            port: port.parse().ok(),
            is_tls: has("ssl") || has("quic") || is_legacy_tls,
            is_local: matches!(host, "unix" | "localhost" | "[::1]") || host.starts_with("127."),
        }
    }

    /// Returns whether the directive has this parameter.
    pub(super) fn has(&self, parameter: &str) -> bool {
        self.at
            .arguments()
            .skip(1)
            .any(|argument| argument == parameter)
    }
}
