//! What the core is built from: nothing that accesses a network, and no version that users without the lock file would
//! not get.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Packages that speak HTTP or TLS, or exist to open connections. Of gix, only the part that lists remotes is used,
/// without a transport.
const NETWORK: [&str; 33] = [
    "actix-web",
    "async-nats",
    "attohttpc",
    "aws-lc-rs",
    "aws-lc-sys",
    "axum",
    "curl",
    "curl-sys",
    "h2",
    "hickory-resolver",
    "hyper",
    "hyper-util",
    "isahc",
    "mio",
    "minreq",
    "native-tls",
    "openssl",
    "openssl-sys",
    "postgres",
    "quinn",
    "reqwest",
    "ring",
    "rustls",
    "schannel",
    "security-framework",
    "smol",
    "socket2",
    "surf",
    "tiny_http",
    "tokio",
    "tokio-postgres",
    "tungstenite",
    "ureq",
];

fn read(file: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// Returns the names of the packages in the lock file, each with its dependencies.
fn locked() -> BTreeMap<String, Vec<String>> {
    let lock = read("Cargo.lock");
    let mut packages = BTreeMap::<_, Vec<_>>::new();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap().to_owned();
        let dependencies = package.get("dependencies").and_then(|it| it.as_array());
        let names = dependencies.into_iter().flatten().map(|it| {
            let name = it.as_str().unwrap().split(' ').next();
            name.unwrap().to_owned()
        });
        // Two versions of a package count as one with the dependencies of both.
        packages.entry(name).or_default().extend(names);
    }
    packages
}

/// Returns every package below `root`, for all systems, including those that only tests use.
fn below(root: &str) -> BTreeSet<String> {
    let packages = locked();
    let (mut found, mut left) = (BTreeSet::new(), vec![root.to_owned()]);
    while let Some(name) = left.pop() {
        if found.insert(name.clone()) {
            left.extend(packages[&name].iter().cloned());
        }
    }
    found
}

#[test]
fn the_core_reaches_no_network() {
    let found = below(env!("CARGO_PKG_NAME"));
    assert!(found.contains("gix") && found.len() > 50, "{found:?}");
    let network: Vec<_> = NETWORK
        .iter()
        .filter(|name| found.contains(**name))
        .collect();
    assert!(
        network.is_empty(),
        "{network:?} can open connections: what needs them is a program of its own in `crates/`"
    );
}

/// pre-commit and `cargo install` without `--locked` use other versions than the lock file: the lowest that Cargo.toml
/// allows must be one that is tested.
#[test]
fn the_lowest_version_of_a_dependency_is_one_that_is_locked() {
    let lock = read("Cargo.lock");
    let locked = lock["package"].as_array().unwrap().iter().map(|package| {
        let text = |key: &str| package[key].as_str().unwrap().to_owned();
        let version = text("version");
        // The part after a plus sign names the version of a specification, and is ignored.
        (text("name"), version.split('+').next().unwrap().to_owned())
    });
    let locked: BTreeSet<_> = locked.collect();
    let manifest = read("Cargo.toml");
    for table in ["dependencies", "build-dependencies", "dev-dependencies"] {
        for (name, wanted) in manifest[table].as_table().unwrap() {
            let version = wanted.as_str().or_else(|| wanted["version"].as_str());
            let version = version.unwrap().to_owned();
            assert!(
                locked.contains(&(name.clone(), version.clone())),
                "{name} {version} of `{table}` is not the version in Cargo.lock"
            );
        }
    }
}

/// Features of dependencies that only tests enable are in the program that tests run, but not in the installed one:
/// there, `\d` and `(?i)` were invalid patterns, and nothing was found.
#[test]
fn what_patterns_need_is_asked_for_by_the_program_itself() {
    let manifest = read("Cargo.toml");
    let engine = &manifest["dependencies"]["regex-automata"]["features"];
    let features = engine.as_array().unwrap();
    for wanted in ["unicode", "perf", "hybrid"] {
        assert!(
            features
                .iter()
                .any(|feature| feature.as_str() == Some(wanted)),
            "{wanted}"
        );
    }
}
