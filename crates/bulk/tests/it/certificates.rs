//! Certificates of an authority of one's own: refused until the authority is named.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Stdio};

use crate::harness::{Run, World, program};

/// A server with a certificate for this machine, of an authority whose certificate is in `ca.pem`. None where there is no
/// openssl.
fn serve(world: &World) -> Option<(Child, u16)> {
    let openssl = |line: &str| {
        let done = world.command("openssl").args(line.split(' ')).output();
        done.is_ok_and(|done| done.status.success())
    };
    fs::write(world.path("leaf.ext"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    let made = [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority",
        "req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf",
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out leaf.pem -extfile leaf.ext",
    ];
    if !made.into_iter().all(openssl) {
        return None;
    }
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut command = world.command("openssl");
    command.args([
        "s_server", "-quiet", "-www", "-cert", "leaf.pem", "-key", "leaf.key",
    ]);
    command.args(["-accept", &format!("127.0.0.1:{port}")]);
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Some((child.spawn().unwrap(), port))
}

#[test]
fn an_authority_of_ones_own_is_named() {
    let world = World::new();
    let Some((mut server, port)) = serve(&world) else {
        return;
    };
    let scan = |more: &[&str]| {
        let mut command = world.command(program());
        command.args(["scan", "github:acme", "--store", "s.db", "--quiet"]);
        command.args(["--forge-url", &format!("github=https://127.0.0.1:{port}")]);
        command.args(more).env("NO_PROXY", "*");
        Run::of(command.output().unwrap())
    };
    let untrusted = scan(&[]);
    // The page of that server is no listing: it was reached.
    let trusted = scan(&["--ca", &format!("127.0.0.1:{port}=ca.pem")]);
    let other = scan(&["--ca", &format!("127.0.0.1:{port}=leaf.key")]);
    server.kill().unwrap();
    server.wait().unwrap();
    untrusted.error("is not trusted");
    trusted.error("its answer is not what a github server answers");
    other.error("there is no certificate in it");
}
