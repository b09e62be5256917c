//! `gonogo fix` leaves to a person what the files around say would get in the way: who starts a file, on what, and what is
//! in front of it.

use std::fs;

use crate::harness::World;

/// The first of these files once the tree is fixed, and the account. Fixing it again changes nothing.
fn fixed(files: &[(&str, &str)]) -> (String, String) {
    let world = World::new();
    let repo = world.init("repo");
    for (name, text) in files {
        repo.write(name, text);
    }
    let fix = || repo.gonogo().arg("fix").run().stdout;
    let read = || fs::read_to_string(repo.join(files[0].0)).unwrap();
    let says = fix();
    let after = read();
    let again = fix();
    assert_eq!(read(), after, "{again}");
    (after, says)
}

#[test]
fn an_old_nginx_is_not_asked_for_a_new_version() {
    let server = "server {\n  listen 443 ssl;\n  server_name a.test;\n  ssl_protocols TLSv1 TLSv1.1 TLSv1.2;\n  root /srv;\n}\n";
    let on = server.replace("  listen", "  ssl on;\n  listen");
    let old = "ssl_protocols TLSv1.2;";
    let new = "ssl_protocols TLSv1.2 TLSv1.3;";
    let path = "nginx/site.conf";
    for (text, beside, expected) in [
        (server, ("README.md", "# Shop\n"), new),
        (
            server,
            ("doc/install.md", "- Ubuntu 22.04 and 24.04\n"),
            new,
        ),
        (
            server,
            ("doc/manual/requirements.md", "- Ubuntu (18.04, 16.04)\n"),
            old,
        ),
        (server, ("README.md", "Debian Jessie or later\n"), old),
        (
            server,
            ("nginx/Dockerfile", "FROM nginx:1.12-alpine\n"),
            old,
        ),
        (&on, ("README.md", "# Shop\n"), old),
    ] {
        let (after, says) = fixed(&[(path, text), beside]);
        assert!(after.contains(expected), "{beside:?}\n{after}\n{says}");
    }
    // Where nothing listens with TLS, no version counts.
    let http = "http {\n  server_tokens off;\n  ssl_protocols TLSv1 TLSv1.2; # no SSLv3\n  include /etc/nginx/conf.d/*.conf;\n}\n";
    let plain = "server {\n  listen 80;\n  root /srv;\n}\n";
    let (after, _) = fixed(&[("nginx/nginx.conf", http), ("nginx/conf.d/a.conf", plain)]);
    assert_eq!(after, http);
    let (after, _) = fixed(&[("nginx/nginx.conf", http), ("nginx/sites/a.conf", server)]);
    assert!(after.contains(new), "{after}");
}

#[test]
fn the_version_of_nginx_is_hidden_where_clients_reach_it() {
    let inner =
        "http {\n  include mime.types;\n  server {\n    listen 80;\n    root /srv;\n  }\n}\n";
    let outer = "http {\n  include /etc/nginx/conf.d/*.conf;\n}\n";
    let site = "server {\n  listen 80;\n  location / {\n    proxy_pass http://frontend;\n  }\n}\n";
    let path = "frontend/nginx.conf";
    let (after, _) = fixed(&[(path, inner)]);
    assert!(after.contains("server_tokens off;"), "{after}");
    let gateway = [
        ("gateway/nginx.conf", outer),
        ("gateway/default.conf.template", site),
    ];
    let (after, says) = fixed(&[&[(path, inner)], &gateway[..]].concat());
    assert_eq!(after, inner);
    assert!(
        says.contains("frontend/nginx.conf:1:1: low[nginx/server-tokens]"),
        "{says}"
    );
    // The one in front hides it, or is given what hides it, too.
    let hidden = outer.replace("  include", "  server_tokens off;\n  include");
    let whole = format!("http {{\n{site}}}\n");
    for front in [
        &[("gateway/nginx.conf", &*hidden), gateway[1]][..],
        &[("gateway/nginx.conf", &*whole)],
    ] {
        let (after, says) = fixed(&[&[(path, inner)], front].concat());
        assert!(after.contains("server_tokens off;"), "{after}\n{says}");
    }
}
