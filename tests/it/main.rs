//! What gonogo does, seen from outside: the built program is run on repositories that are created with git itself.
//!
//! All tests are in one binary, since several would each have to be linked. `GONOGO_TEST_PROGRAM` runs the tests on
//! another build of the program.

#![allow(
    clippy::unwrap_used,
    reason = "clippy allows it in test functions only, and helpers of tests are no less tests"
)]

mod action;
mod archives;
mod attribution;
mod bad_input;
mod baselines;
mod bounds;
mod ci;
mod ci_log;
mod ci_providers;
mod coming_from;
mod command_line;
mod complaints;
mod compose_project;
mod composite_rules;
mod configuration;
mod conformance;
mod coverage;
mod credential_files;
mod declared;
mod decoding;
mod determinism;
mod development;
mod doctor;
mod documents;
mod fallbacks;
mod fingerprints;
mod fix;
mod fix_around;
mod fix_certain;
mod fix_fits;
mod fix_left;
mod fix_merged;
mod form_matrix;
mod forms;
mod git_folder;
mod git_hooks;
mod guessable;
mod harness;
mod history;
mod history_audit;
mod history_sources;
mod hook;
mod idle_comments;
mod imported_rules;
mod init;
mod language;
mod layers;
mod layout;
mod library;
mod look_alikes;
mod measure;
mod migration;
mod nested_settings;
mod one_answer;
mod options;
mod output_options;
mod own_actions;
mod packages;
mod peer_behaviour;
mod pre_receive;
mod programs;
mod provenance;
mod random_histories;
mod range;
mod readiness;
mod redaction;
mod rule_docs;
mod rule_versions;
mod seen_cache;
mod servers;
mod services;
mod settings;
mod seven_places;
mod sparse;
mod staged;
mod text_report;
mod triage;
mod truth;
mod worktree;
mod worktree_entries;
