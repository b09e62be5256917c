//! What kustomizations render.

use super::*;
use crate::audit::{Files, Outcome, Policy, Project, Source};

const BASE: &str = "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: app, labels: {tier: web}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: registry:5000/app:1\n          env: [{name: A, value: '1'}, {name: B, value: '2'}]\n          ports: [{containerPort: 80}]\n        - {name: old, image: old:1}\n";

fn rendered(files: &[(&str, &str)]) -> Vec<(String, String, Part)> {
    let read = |path: &str| {
        let (_, text) = files.iter().find(|(own, _)| *own == path)?;
        Some(documents(&yaml::parse(text).unwrap()))
    };
    let paths = files.iter().map(|(path, _)| *path);
    let whole = Kustomized::read(paths, &read);
    let objects = whole.rendered.iter();
    objects
        .map(|it| {
            let part = Part::of(it.tree.documents().next().unwrap()).unwrap();
            (it.by.clone(), it.path.clone(), part)
        })
        .collect()
}

fn at<'p>(part: &'p Part, path: &str) -> Option<&'p Part> {
    path.split('.')
        .try_fold(part, |part, step| match step.parse::<usize>() {
            Ok(number) => part.items().get(number),
            Err(_) => part.get(step),
        })
}

#[test]
fn an_overlay_is_rendered_and_its_base_is_not() {
    let overlay = "resources: [../../base]\npatches:\n  - path: more.yml\n  - target: {kind: Deploy.*, labelSelector: tier=web}\n    patch: |-\n      - {op: add, path: /spec/template/spec/containers/0/env/-, value: {name: D, value: '4'}}\n      - {op: replace, path: /metadata/labels/tier, value: edge}\n      - {op: remove, path: /spec/template/spec/containers/0/ports}\nreplicas: [{name: app, count: 3}]\nimages: [{name: 'registry:5000/app', newTag: '2', digest: 'sha256:0'}]\nconfigMapGenerator:\n  - name: settings\n    literals: [LEVEL=info]\n";
    let more = "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          securityContext: {runAsNonRoot: true}\n          env: [{name: B, $patch: delete}, {name: C, value: '3'}]\n        - {name: old, $patch: delete}\n";
    let all = rendered(&[
        ("base/kustomization.yaml", "resources: [app.yml]\n"),
        ("base/app.yml", BASE),
        ("overlays/prod/kustomization.yml", overlay),
        ("overlays/prod/more.yml", more),
    ]);
    assert_eq!(all.len(), 2, "{all:?}");
    let (by, path, app) = &all[0];
    assert_eq!(by, "overlays/prod/kustomization.yml");
    assert_eq!(path, "base/app.yml");
    let text = |path: &str| at(app, path).and_then(Part::text);
    assert_eq!(text("spec.replicas"), Some("3"));
    assert_eq!(text("metadata.labels.tier"), Some("edge"));
    let own = "spec.template.spec.containers.0";
    assert_eq!(
        text(&format!("{own}.image")),
        Some("registry:5000/app:2@sha256:0")
    );
    assert_eq!(
        text(&format!("{own}.securityContext.runAsNonRoot")),
        Some("true")
    );
    let names: Vec<_> = at(app, &format!("{own}.env"))
        .unwrap()
        .items()
        .iter()
        .filter_map(|it| it.text_of("name"))
        .collect();
    // As `kustomize build` of version 5.7.1 prints them.
    assert_eq!(names, ["C", "A", "D"]);
    assert!(at(app, &format!("{own}.ports")).is_none());
    assert!(at(app, "spec.template.spec.containers.1").is_none());
    assert_eq!(
        at(&all[1].2, "data.LEVEL").and_then(Part::text),
        Some("info")
    );
}

#[test]
fn components_count_where_they_are_used() {
    let component = "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [policy.yml]\npatchesStrategicMerge:\n  - |-\n    kind: Deployment\n    metadata: {name: app}\n    spec: {replicas: 2}\n";
    let policy = "kind: NetworkPolicy\nmetadata: {name: p}\n";
    let files = |root: &'static str| {
        [
            ("kustomization.yaml", root),
            ("app.yml", BASE),
            ("policy/kustomization.yaml", component),
            ("policy/policy.yml", policy),
        ]
    };
    let with = rendered(&files("resources: [app.yml]\ncomponents: [policy]\n"));
    assert_eq!(with.len(), 2);
    assert_eq!(
        at(&with[0].2, "spec.replicas").and_then(Part::text),
        Some("2")
    );
    let without = rendered(&files("resources: [app.yml]\n# components: [policy]\n"));
    assert_eq!(without.len(), 1);
    let tree = |path: &str| {
        let (_, text) = files("resources: [app.yml]\n")
            .into_iter()
            .find(|(own, _)| *own == path)?;
        Some(documents(&yaml::parse(text).unwrap()))
    };
    let whole = Kustomized::read(files("").into_iter().map(|(path, _)| path), &tree);
    assert!(whole.uses("app.yml") && whole.uses("policy/policy.yml"));
    assert!(!whole.uses("kustomization.yaml"));
}

#[test]
fn what_builds_upon_itself_ends() {
    let all = rendered(&[
        (
            "a/kustomization.yaml",
            "resources: [../b, ., ../../c, app.yml]\ncomponents: [../b, .]\n",
        ),
        ("a/app.yml", BASE),
        (
            "b/kustomization.yaml",
            "bases: [../a]\nresources: [https://example.org/base]\n",
        ),
    ]);
    assert!(all.is_empty());
}

#[test]
fn lists_of_other_kinds_are_replaced() {
    let own = "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: t}\nspec: {containers: [{name: a}, {name: b}]}\n";
    let root = "resources: [t.yml]\npatches: [{patch: '{kind: Thing, metadata: {name: t}, spec: {containers: [{name: c}]}}'}]\n";
    let all = rendered(&[("kustomization.yaml", root), ("t.yml", own)]);
    assert_eq!(at(&all[0].2, "spec.containers").unwrap().items().len(), 1);
}

#[test]
fn names_of_targets_are_expressions() {
    for (pattern, name, is_one) in [
        ("app", "app", true),
        ("app", "apps", false),
        (".*", "app", true),
        ("a.*p", "app", true),
        ("^(web|app)$", "app", true),
        ("web-.*", "app", false),
        (".*-a-.*", "x-a-y", true),
    ] {
        assert_eq!(matches(pattern, name), is_one, "{pattern} {name}");
    }
}

/// Returns the rules that report something in a manifest among other files.
fn reported(files: &[(&str, &str)], path: &str) -> Vec<String> {
    let sources = files
        .iter()
        .filter_map(|(path, text)| Source::claim(path, text.as_bytes()));
    let paths = files.iter().map(|(path, _)| (*path).to_owned());
    let policy = Policy::default();
    let texts = Texts(files);
    let project = Project::new(sources, paths, &texts, &policy);
    let outcomes = project.audit();
    let (_, outcome) = outcomes.iter().find(|(own, _)| *own == path).unwrap();
    let Outcome::Audited(findings) = outcome else {
        panic!("{outcome:?}");
    };
    let rules = findings.iter().flat_map(crate::model::Finding::rules);
    rules.map(ToString::to_string).collect()
}

struct Texts<'f>(&'f [(&'f str, &'f str)]);

impl Files for Texts<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let found = self.0.iter().find(|(own, _)| *own == path);
        found.map(|(_, text)| text.as_bytes().to_vec())
    }
}

#[test]
fn what_overlays_add_is_not_lacking() {
    let base = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n      containers:\n        - {name: app, image: app:1}\n";
    let patched = "resources: [../base]\npatches:\n  - patch: |-\n      kind: Deployment\n      metadata: {name: app}\n      spec: {template: {spec: {containers: [{name: app, securityContext: {allowPrivilegeEscalation: false}}]}}}\n";
    let rule = "k8s/allow-privilege-escalation";
    let lacks = |overlays: &[(&str, &str)]| {
        let mut files = vec![
            ("base/app.yml", base),
            ("base/kustomization.yaml", "resources: [app.yml]\n"),
        ];
        files.extend(overlays);
        let rules = reported(&files, "base/app.yml");
        assert!(rules.iter().any(|it| it == "k8s/probes"), "{rules:?}");
        rules.iter().any(|it| it == rule)
    };
    let plain = "resources: [../base]\n";
    assert!(lacks(&[]));
    assert!(!lacks(&[("production/kustomization.yaml", patched)]));
    // An overlay for development does not count next to others, but one that ships does.
    assert!(!lacks(&[
        ("production/kustomization.yaml", patched),
        ("dev/kustomization.yaml", plain)
    ]));
    assert!(lacks(&[
        ("production/kustomization.yaml", patched),
        ("edge/kustomization.yaml", plain)
    ]));
}

#[test]
fn a_short_text_that_names_a_long_one_many_times_ends() {
    let many = "  - app.yml\n".repeat(2_000);
    let data: Vec<_> = (0..3_000).map(|at| format!("  k{at}: v")).collect();
    let data = data.join("\n");
    let long = format!("kind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{data}\n");
    let root = format!("resources:\n{many}");
    let all = rendered(&[("kustomization.yaml", &root), ("app.yml", &long)]);
    assert!(!all.is_empty() && all.len() < 2_000, "{}", all.len());
}
