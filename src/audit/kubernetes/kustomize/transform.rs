//! What a kustomization does to objects besides patching them: generators, images and replicas.

use super::Object;
use crate::audit::yaml::{Body, Part};

/// Returns the objects that a kustomization generates from literals.
pub(super) fn generated(path: &str, document: &Part) -> Vec<Object> {
    let mut objects = Vec::new();
    for (key, kind, data) in [
        ("configMapGenerator", "ConfigMap", "data"),
        ("secretGenerator", "Secret", "stringData"),
    ] {
        for entry in document.items_of(key) {
            let literals = entry.items_of("literals").iter().filter_map(|literal| {
                let (name, value) = literal.text()?.split_once('=')?;
                let value = Part::scalar(value.trim_matches(['"', '\''])).placed_as(literal);
                Some((name.to_owned(), value))
            });
            let name = Part::scalar(entry.text_of("name").unwrap_or_default());
            let root = Part::map(vec![
                ("apiVersion".to_owned(), Part::scalar("v1")),
                ("kind".to_owned(), Part::scalar(kind)),
                (
                    "metadata".to_owned(),
                    Part::map(vec![("name".to_owned(), name)]),
                ),
                (data.to_owned(), Part::map(literals.collect())),
            ]);
            objects.push(Object {
                path: path.to_owned(),
                root: root.placed_as(entry),
            });
        }
    }
    objects
}

/// Sets the image names, tags and digests that a kustomization gives.
pub(super) fn set_images(document: &Part, objects: &mut [Object]) {
    let images = document.items_of("images");
    if images.is_empty() {
        return;
    }
    for object in objects {
        each_image(&mut object.root, 0, &mut |image| {
            let Some(old) = image.text() else {
                return;
            };
            let (whole, _) = old.split_once('@').unwrap_or((old, ""));
            let name_end = whole.rfind('/').map_or(0, |at| at + 1);
            let colon = whole[name_end..].find(':').map(|at| name_end + at);
            let name = colon.map_or(whole, |at| &whole[..at]);
            let Some(asked) = images.iter().find(|it| it.text_of("name") == Some(name)) else {
                return;
            };
            let mut new = asked.text_of("newName").unwrap_or(name).to_owned();
            match (asked.text_of("newTag"), asked.text_of("digest")) {
                (None, None) => new += &old[name.len()..],
                (tag, digest) => {
                    new += &tag.map_or(String::new(), |tag| format!(":{tag}"));
                    new += &digest.map_or(String::new(), |digest| format!("@{digest}"));
                }
            }
            *image = Part::scalar(new).placed_as(image);
        });
    }
}

/// Calls `change` with the image of each container below a node.
fn each_image(part: &mut Part, depth: usize, change: &mut dyn FnMut(&mut Part)) {
    let Body::Map(entries) = &mut part.body else {
        return;
    };
    for (key, value) in entries.iter_mut().filter(|_| depth < 8) {
        match &mut value.body {
            Body::List(items) if key == "containers" || key == "initContainers" => {
                let images = items.iter_mut().filter_map(|it| it.get_mut("image"));
                images.for_each(&mut *change);
            }
            Body::Map(_) => each_image(value, depth + 1, change),
            _ => {}
        }
    }
}

/// Sets the number of replicas that a kustomization gives.
pub(super) fn set_replicas(document: &Part, objects: &mut [Object]) {
    const SCALED: [&str; 4] = [
        "Deployment",
        "StatefulSet",
        "ReplicaSet",
        "ReplicationController",
    ];
    for entry in document.items_of("replicas") {
        let (Some(name), Some(count)) = (entry.text_of("name"), entry.text_of("count")) else {
            continue;
        };
        let own = |it: &&mut Object| SCALED.contains(&it.kind()) && it.name() == name;
        for object in objects.iter_mut().filter(own) {
            if let Some(spec) = object.root.get_mut("spec") {
                spec.set("replicas", Part::scalar(count));
            }
        }
    }
}
