//! `nginx/alias-traversal`: a way out of the folder that is served.

use super::{CORE, Card, Category, Check, Conf, Confidence, Report, Severity, site};

pub(super) struct AliasTraversal;

impl Check<Conf<'_>> for AliasTraversal {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for alias in conf.directives("alias") {
            let Some(location) = alias.scope().enclosing("location") else {
                continue;
            };
            let path = match location.argument(0) {
                "^~" => location.argument(1),
                "=" | "~" | "~*" => continue,
                path => path,
            };
            if path.starts_with('/') && !path.ends_with('/') && alias.argument(0).ends_with('/') {
                let message = format!(
                    "`{path}../` reaches files outside the directory: the alias ends with `/`, the location does not"
                );
                conf.see(report, &CARD, alias.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "nginx/alias-traversal",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Path traversal through `alias`",
    description: "nginx replaces the part of the path that the location matched with the alias. Without a slash at the \
                  end of the location (off-by-slash), `/files../secret` becomes `/srv/files/../secret`: an attacker \
                  can download files next to the directory.",
    remedy: "End both with a slash: `location /files/ { alias /srv/files/; }`",
    references: &[
        "https://nginx.org/en/docs/http/ngx_http_core_module.html#alias",
        "https://owasp.org/www-community/attacks/Path_Traversal",
        CORE,
    ],
    tags: &["nginx", "CWE-22", "OWASP-A01"],
    examples: &[
        site("server {\n  location /files {\n    alias /home/; # here\n  }\n}\n"),
        site("server {\n  location ^~ /static {\n    alias /srv/static/; # here\n  }\n}\n"),
    ],
    negatives: &[
        site("server {\n  location /files/ {\n    alias /home/;\n  }\n}\n"),
        site("server {\n  location /files {\n    alias /home/files;\n  }\n}\n"),
        site("server {\n  location = /files {\n    alias /home/;\n  }\n}\n"),
        site("server {\n  location ~ ^/files/(.*)$ {\n    alias /home/$1;\n  }\n}\n"),
    ],
};
