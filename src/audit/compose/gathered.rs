//! The parts of Compose files, parsed once for all users: the audit, and questions about all files together.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::audit::Project;
use crate::audit::limit;
use crate::audit::yaml::{self, Defect};

use super::parts::Parts;

/// How many tree nodes are kept, about twenty megabytes. Anything beyond is parsed again for each user.
const MAX_NODES: usize = 200_000;

/// What was parsed for each path, and the limits that were reached meanwhile.
#[derive(Default)]
struct Gathered(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    parts: FxHashMap<String, (Arc<Parts>, Vec<String>)>,
    nodes: usize,
}

impl Parts {
    /// Returns the parts of the Compose file at `path`, whose text in this project is `text`.
    pub(super) fn of(path: &str, text: &str, project: &Project) -> Result<Arc<Self>, Defect> {
        let gathered = project.shared(|_| Gathered::default());
        let known = gathered.kept(|kept| kept.parts.get(path).cloned());
        if let Some((parts, limits)) = known {
            // Report the limits to later users, too.
            limits.into_iter().for_each(limit::reached);
            return Ok(parts);
        }
        let (parts, limits) = limit::watched(|| {
            let tree = yaml::parse(text)?;
            Ok(Arc::new(Self::gather(path, tree, project)))
        });
        limits.iter().cloned().for_each(limit::reached);
        let parts = parts?;
        gathered.kept(|kept| {
            let nodes = kept.nodes + parts.nodes();
            if nodes <= MAX_NODES {
                kept.nodes = nodes;
                let entry = (Arc::clone(&parts), limits);
                kept.parts.insert(path.to_owned(), entry);
            }
        });
        Ok(parts)
    }
}

impl Gathered {
    fn kept<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
