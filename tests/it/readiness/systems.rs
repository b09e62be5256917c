//! The two systems that people assessed by hand.

use crate::harness::World;

use super::{Assessed, write};

const VOICE: &str = include_str!("voice.txt");
const VALUEVERSE: &str = include_str!("valueverse.txt");

/// Returns something that nobody would call a placeholder, made here so that this repository contains none.
fn password(label: &str) -> String {
    let letters: Vec<char> = "kq7vXw2mZr9TbpLd4".chars().collect();
    let number = label
        .bytes()
        .fold(7_usize, |sum, byte| sum * 31 + usize::from(byte));
    (0..20)
        .map(|at| letters[(number >> (at % 11)).wrapping_add(at * 5) % letters.len()])
        .collect()
}

fn valueverse() -> Assessed {
    let world = World::new();
    let repo = world.init("valueverse");
    let files = VALUEVERSE
        .replace("@database@", &password("database"))
        .replace("@key@", &password("key"));
    write(&repo, &files);
    repo.commit("Add the platform");
    Assessed::of(&repo, &[])
}

fn voice() -> Assessed {
    let world = World::new();
    let repo = world.init("voice");
    write(&repo, VOICE);
    repo.commit("Add Voice");
    Assessed::of(&repo, &[])
}

#[track_caller]
fn check_states(assessed: &Assessed, expected: &[(&str, &[&str])]) {
    let mut wrong = String::new();
    for (state, ids) in expected {
        for id in *ids {
            let (now, grade) = (assessed.state(id), assessed.grade(id));
            if now != *state {
                wrong += &format!(
                    "{id} is {now} [{grade}], not {state}\n{}",
                    assessed.evidence(id)
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_blocker_of_the_platform_is_where_its_assessment_has_it() {
    let assessed = valueverse();
    assert_eq!(assessed.verdict(), "NO-GO");
    let indicators = assessed.states("indicators");
    assert_eq!(indicators.len(), 8);
    for (id, state) in indicators {
        assert_eq!(state, "present", "{id}");
    }
    let criteria = assessed.states("criteria");
    let expected = [
        ("GO1", "refuted"),
        ("GO2", "open"),
        ("GO3", "open"),
        ("GO4", "refuted"),
        ("GO5", "open"),
        ("GO6", "refuted"),
        ("GO7", "open"),
        ("GO8", "open"),
        ("GO9", "open"),
        ("GO10", "open"),
    ];
    for (id, state) in expected {
        assert_eq!(criteria[id], state, "{id}");
    }
    let areas = assessed.states("areas");
    assert_eq!(areas.len(), 19);
    for number in 1..=19 {
        let state = areas[number.to_string().as_str()];
        let expected = match number {
            1 | 2 | 3 | 5 | 8 | 14 | 16 | 18 => "refuted",
            _ => "open",
        };
        assert_eq!(state, expected, "area {number}");
    }
    for (id, state) in assessed.states("sign_offs") {
        let is_refuted = matches!(id, "SIGN-security" | "SIGN-devops");
        assert_eq!(state, if is_refuted { "refuted" } else { "open" }, "{id}");
    }
}

#[test]
fn every_item_of_the_platform_has_its_state() {
    let assessed = valueverse();
    check_states(
        &assessed,
        &[
            // Hard-coded credentials, a single database container, a literal secret for tokens, plain HTTP.
            (
                "refuted",
                &[
                    "A1", "A3", "C5", "C6", "B4", "B6", "B7", "F4", "E1", "H1", "H4", "H6",
                ],
            ),
            // Only basic indexes, and an OpenAPI file with one of three routes.
            ("refuted", &["C13", "N1"]),
            // What its assessment calls basic is there.
            ("met", &["B1", "C1", "C4", "F3"]),
            (
                "open",
                &[
                    "A2", "C7", "C8", "C9", "C10", "F1", "F2", "G1", "G2", "G3", "G4", "E2", "E3",
                    "E4", "E5", "E8", "E10", "E12", "E13", "E14", "I1", "I2", "I3", "I4", "I5",
                    "I6", "I7", "I8", "I9", "J1", "J2", "J3", "J4", "J5", "J6", "J7", "K1", "K2",
                    "L7", "L8", "L9", "M1", "M2", "M3", "M4", "M5", "M7", "D2", "D3", "D4", "D5",
                    "N2", "N3", "N4", "N5", "O1", "O2", "O3",
                ],
            ),
        ],
    );
    // It is rolled back by hand, and says so; it has a health endpoint that nothing queries.
    assert_eq!(
        assessed.grade("I1"),
        "set up",
        "{}",
        assessed.evidence("I1")
    );
    assert!(matches!(assessed.grade("J7"), "nothing" | "said"));
}

#[test]
fn the_beta_comes_out_as_its_assessment_says() {
    let assessed = voice();
    check_states(
        &assessed,
        &[
            // Docker is hardened, migrations exist except for their order, Redis and nginx are configured.
            (
                "met",
                &["B1", "B2", "B3", "B4", "B6", "B7", "B8", "C5", "C13", "D1"],
            ),
            (
                "met",
                &[
                    "A4", "E1", "E2", "E5", "E6", "E9", "E12", "F4", "F5", "F6", "F9", "H6",
                ],
            ),
            ("met", &["I1", "I5", "I6"]),
            // Backups are not implemented yet, and a migration has no place in the order.
            ("refuted", &["C7", "C1", "L7", "K1", "K2", "A7", "H4", "A8"]),
            (
                "open",
                &[
                    "I2", "I4", "I7", "I8", "E4", "L4", "L8", "L9", "J1", "N3", "N4", "E10",
                ],
            ),
        ],
    );
    assert_eq!(assessed.verdict(), "NO-GO");
    let criteria = assessed.states("criteria");
    assert_eq!((criteria["GO2"], criteria["GO3"]), ("refuted", "refuted"));
    assert_eq!(criteria["GO4"], "open");
}

#[test]
fn the_contradictions_of_the_beta_are_found() {
    let said = voice().contradictions();
    for expected in [
        "docs/PRODUCTION_READINESS.md \"backups are daily and no write-ahead log is archived, and the RPO is 1 h\"",
        "docs/PRODUCTION_READINESS.md \"a heading says that it is done, above 5 open boxes\"",
        "tests/load/basic.js \"the largest load scenario has 50 users, and the target is 100\"",
        "infra/docker/production.yml \"a comment says that `POSTGRES_PASSWORD` comes from Docker secrets, and it is a plain variable\"",
    ] {
        assert!(said.contains(expected), "{expected}\nis not in\n{said}");
    }
}

#[test]
fn the_beta_has_its_single_points_drawn() {
    let assessed = voice();
    let nodes = assessed.json["deployment"]["nodes"].as_array().unwrap();
    let single: Vec<_> = nodes
        .iter()
        .filter(|it| it["on_path"] == true && it["count"] == 1)
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(single, ["postgres", "redis", "app", "nginx"]);
}
