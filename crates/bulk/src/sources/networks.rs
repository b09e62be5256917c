//! Networks of forks: which repositories have a common origin, so that their objects are kept once.

use std::collections::BTreeMap;

use super::Target;

/// The limit on the length of chains of forks.
const MAX_STEPS: usize = 64;

/// Sets the network of each target. If the parent of a fork is not listed, the network is named after that parent, so
/// that two forks of a repository that is not scanned are in the same network.
pub(super) fn note(targets: &mut [Target]) {
    let parents: BTreeMap<(&str, &str), &str> = targets
        .iter()
        .filter_map(|it| {
            let key = (it.host.as_str(), it.provider_id.as_str());
            Some((key, it.parent.as_deref()?))
        })
        .collect();
    let roots: Vec<String> = targets
        .iter()
        .map(|it| {
            let mut root = it.provider_id.as_str();
            for _ in 0..MAX_STEPS {
                match parents.get(&(it.host.as_str(), root)) {
                    Some(parent) => root = parent,
                    None => break,
                }
            }
            format!("{}/{root}", it.host)
        })
        .collect();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for root in &roots {
        *sizes.entry(root).or_default() += 1;
    }
    for (target, root) in targets.iter_mut().zip(&roots) {
        target.network = (sizes[root.as_str()] > 1).then(|| root.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Place;

    fn target(host: &str, id: &str, parent: Option<&str>) -> Target {
        Target {
            host: host.to_owned(),
            provider_id: id.to_owned(),
            label: id.to_owned(),
            place: Place::Folder(id.into()),
            pushed: None,
            is_optional: false,
            parent: parent.map(str::to_owned),
            network: None,
        }
    }

    #[test]
    fn forks_and_what_they_come_from_are_one_network() {
        let mut targets = [
            target("a", "1", None),
            target("a", "2", Some("1")),
            target("a", "3", Some("2")),
            target("a", "4", None),
            target("a", "5", Some("100")),
            target("a", "6", Some("100")),
            target("a", "7", Some("101")),
            target("b", "2", Some("1")),
        ];
        note(&mut targets);
        let networks: Vec<_> = targets.iter().map(|it| it.network.as_deref()).collect();
        let (one, other) = (Some("a/1"), Some("a/100"));
        assert_eq!(networks, [one, one, one, None, other, other, None, None]);
    }

    #[test]
    fn what_says_that_it_is_its_own_parent_ends() {
        let mut targets = [target("a", "1", Some("2")), target("a", "2", Some("1"))];
        note(&mut targets);
        assert!(targets.iter().all(|it| it.parent.is_some()));
    }
}
