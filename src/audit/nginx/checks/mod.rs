//! The checks on nginx configuration, one file each.
//!
//! To add one: write its file next to the others, and list it in [`CHECKS`]. The tests of `audit` run its examples.

mod alias_traversal;
mod autoindex;
mod cert_placeholder;
mod cipher_cbc;
mod cipher_unknown;
mod cipher_weak;
mod cors_wildcard;
mod csp;
mod dotfiles;
mod header_lost;
mod hsts;
mod http_splitting;
mod https_redirect;
mod if_is_evil;
mod key_in_repository;
mod listen_http2;
mod no_tls;
mod ocsp_stapling;
mod rate_limit;
mod server_tokens;
mod status_exposed;
mod tls_protocol;
mod upstream_single;
mod websocket;
mod x_content_type_options;
mod x_frame_options;

use crate::audit::check::{Card, Check, Example};
use crate::audit::nginx::missing;
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::conf::Conf;
use super::headers::{self, Header};

/// Every check.
pub(super) static CHECKS: &[&dyn for<'f> Check<Conf<'f>>] = &[
    &alias_traversal::AliasTraversal,
    &autoindex::Autoindex,
    &cert_placeholder::CertPlaceholder,
    &cipher_cbc::CipherCbc,
    &cipher_unknown::CipherUnknown,
    &cipher_weak::CipherWeak,
    &cors_wildcard::CorsWildcard,
    &csp::Csp,
    &dotfiles::Dotfiles,
    &header_lost::HeaderLost,
    &hsts::Hsts,
    &http_splitting::HttpSplitting,
    &https_redirect::HttpsRedirect,
    &if_is_evil::IfIsEvil,
    &key_in_repository::KeyInRepository,
    &listen_http2::ListenHttp2,
    &no_tls::NoTls,
    &ocsp_stapling::OcspStapling,
    &rate_limit::RateLimit,
    &server_tokens::ServerTokens,
    &status_exposed::StatusExposed,
    &tls_protocol::TlsProtocol,
    &upstream_single::UpstreamSingle,
    &websocket::Websocket,
    &x_content_type_options::XContentTypeOptions,
    &x_frame_options::XFrameOptions,
];

/// An example in the file of a site.
const fn site(text: &'static str) -> Example {
    Example {
        path: "nginx/conf.d/site.conf",
        text,
        beside: &[],
    }
}

/// An example that is the whole configuration.
const fn whole(text: &'static str) -> Example {
    Example {
        path: "nginx.conf",
        text,
        beside: &[],
    }
}

/// An example among other files.
const fn among(text: &'static str, beside: &'static [(&'static str, &'static str)]) -> Example {
    Example {
        path: "nginx/conf.d/site.conf",
        text,
        beside,
    }
}

const SSL: &str = "https://nginx.org/en/docs/http/ngx_http_ssl_module.html";
const CORE: &str = "https://nginx.org/en/docs/http/ngx_http_core_module.html";
const HEADERS: &str = "https://nginx.org/en/docs/http/ngx_http_headers_module.html";
const MOZILLA: &str = "https://wiki.mozilla.org/Security/Server_Side_TLS";
const OWASP_HEADERS: &str =
    "https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html";
const OWASP_TLS: &str =
    "https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html";
const CIS: &str = "https://www.cisecurity.org/benchmark/nginx";
