//! Signs in a Compose file of who starts it: those who deploy the program, or only its developers.

mod deployed;
mod developed;
mod kinds;
mod uses;

use memchr::memchr_iter;

use crate::audit::Project;
use crate::audit::environment::says_development;
use crate::audit::yaml::{ELSEWHERE, Span};
use crate::lexicon::mark;
use crate::lexicon::path::{self, Role};

use super::Compose;
use super::file::{File, is_for_development};
use super::parts::Parts;
use super::service::Service;

use uses::Used;

/// A sign in a Compose file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Shown {
    /// A short description.
    pub(in crate::audit) says: String,
    /// The line, if it is written in the file itself.
    pub(in crate::audit) line: Option<u32>,
}

/// All signs of one Compose file.
#[expect(clippy::struct_excessive_bools, reason = "each is shown by itself")]
pub(in crate::audit) struct Signs {
    /// The file.
    pub(in crate::audit) path: String,
    /// Whether its path says that it is only for developers, or a sample.
    pub(in crate::audit) is_aside: bool,
    /// Whether all services can start as they are, without another file below.
    pub(in crate::audit) is_whole: bool,
    /// A sign that it is deployed, whatever else it shows.
    pub(in crate::audit) deployed: Option<Shown>,
    /// The same, from its services: an image that is pulled restarts with the machine.
    pub(in crate::audit) published: Option<Shown>,
    /// Whether a program in it starts with the machine.
    pub(in crate::audit) is_kept_running: bool,
    /// Whether the stores that such a program needs are, too.
    pub(in crate::audit) is_kept_whole: bool,
    /// The comment at its top that says that it is for developers.
    pub(in crate::audit) comment: Option<Shown>,
    /// A sufficient sign that only developers start it, even if it starts with the machine.
    pub(in crate::audit) sure: Option<Shown>,
    /// A sign of that which counts if it does not start with the machine.
    pub(in crate::audit) likely: Option<Shown>,
    /// A sign of that which counts if no page instructs users to start it, either.
    pub(in crate::audit) worked_on: Option<Shown>,
    /// A sign of that which counts if something else is deployed.
    pub(in crate::audit) of_desk: Option<Shown>,
    /// Whether the only such sign is that it builds the program.
    pub(in crate::audit) only_builds: bool,
    /// Whether it starts nothing but databases, mail catchers and cloud emulators.
    pub(in crate::audit) only_stores: bool,
    /// The other files that it uses.
    pub(in crate::audit) uses: Vec<Used>,
    /// The Compose files that it is merged onto, or takes services from.
    pub(in crate::audit) below: Vec<String>,
}

/// A sign and where it is written; [`ELSEWHERE`] where that is another file.
type Found = (String, Span);

impl Signs {
    /// Reads all Compose files of a project.
    pub(in crate::audit) fn of_all(project: &Project<'_>) -> Vec<Self> {
        let sources = project.claimed_by(&Compose);
        sources
            .filter_map(|source| Self::read(&source.path, &source.text, project))
            .collect()
    }

    fn read(path: &str, text: &str, project: &Project<'_>) -> Option<Self> {
        let parts = Parts::of(path, text, project).ok()?;
        let file = File::recognise(text, &parts, project)?;
        let shown = |found: Option<Found>| {
            let (says, span) = found?;
            let line = line(text, &span);
            Some(Shown { says, line })
        };
        let programs: Vec<_> = file
            .services
            .iter()
            .filter(|it| !kinds::is_aid(it))
            .collect();
        let (of_desk, only_builds) = developed::of_desk(path, &file, &programs);
        let (is_kept_running, is_kept_whole) = deployed::kept(&file, &programs);
        let comment = says_development(&mark::top_comment(text.as_bytes()), path);
        Some(Self {
            path: path.to_owned(),
            is_aside: is_for_development(path, file.policy)
                || path::role(path, &file.policy.development_words) != Role::Shipped,
            is_whole: !file.services.iter().any(Service::is_fragment),
            deployed: shown(deployed::certain(path, &file, &programs)),
            published: shown(deployed::published(&programs)),
            is_kept_running,
            is_kept_whole,
            comment: comment.map(|at| Shown {
                says: "the comment at its top says so".to_owned(),
                line: Some(at),
            }),
            sure: shown(developed::sure(path, &file)),
            likely: shown(developed::likely(path, &file)),
            worked_on: shown(developed::worked_on(path, &programs, project)),
            of_desk: shown(of_desk),
            only_builds,
            only_stores: kinds::are_only_stores(&file),
            uses: uses::used(path, &file, text),
            below: uses::below(&parts, path),
        })
    }
}

/// The line of a place, unless it is in another file.
fn line(text: &str, span: &Span) -> Option<u32> {
    let before = text
        .as_bytes()
        .get(..span.start)
        .filter(|_| *span != ELSEWHERE)?;
    u32::try_from(memchr_iter(b'\n', before).count() + 1).ok()
}
