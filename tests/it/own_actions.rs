//! Actions and workflows of the account that a repository belongs to, as its files say.

use crate::harness::World;

#[test]
fn a_readme_in_any_markup_names_the_account() {
    let workflow = "on: push\npermissions: {}\njobs:\n  a:\n    permissions: {}\n    uses: acme/shared/.github/workflows/a.yml@master\n    secrets: {key: \"${{ secrets.KEY }}\"}\n";
    let badge = "https://github.com/acme/shop/actions/workflows/a.yml/badge.svg\n";
    for (readme, expected) in [
        ("README.md", "low"),
        ("README.rst", "low"),
        ("README.adoc", "low"),
        ("notes.rst", "high"),
    ] {
        let world = World::new();
        let repo = world.init("repo");
        repo.commit_file(".github/workflows/a.yml", workflow);
        repo.commit_file(readme, badge);
        let report = repo.scan();
        let mut findings = report.findings.iter();
        let found = findings.find(|it| it.rule == "gha/unpinned-action");
        assert_eq!(found.map(|it| &*it.severity), Some(expected), "{readme}");
    }
}
