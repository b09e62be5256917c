//! Deployment guides, documents about the architecture, and files that are routes (I1, J8, N2).

use super::View;
use crate::lexicon::path::{Role, has_word};
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::{Kind, role};
use crate::readiness::read::name;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::{Document, code_lines, heading, lines};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let mut is_guided = false;
    for document in &view.documents {
        if !is_guided && let Some(line) = deployment(view, document) {
            is_guided = true;
            let says = "a document has the commands of a deployment";
            ledger.add(
                "J8",
                Grade::SetUp,
                view.corpus.line(document.file, line),
                says,
            );
        }
        architecture(view, document, ledger);
        needs(view, document, ledger);
    }
    pages(view, ledger);
    routes(view, ledger);
    disclosure(view, ledger);
}

static MEMORY: Pattern =
    Pattern::new(r"(?i)\b\d+(?:\.\d+)?\s?(?:GB|GiB|MB)\s+(?:of\s+)?(?:RAM|memory)\b");
static GENERATES: Pattern = Pattern::new(
    r"openssl rand|secrets\.token_(?:hex|urlsafe)|\brails secret\b|\brake secret\b|mix phx\.gen\.secret|artisan key:generate|get_random_secret_key|auth secret\b",
);

/// Reports what a document says about the memory that the system needs and about generating secrets.
fn needs(view: &View<'_>, document: &Document<'_>, ledger: &mut Ledger) {
    let path = &view.corpus.files[document.file].path;
    if is_about(path, OF_DEVELOPERS) {
        return;
    }
    if let Some(found) = MEMORY.find(document.text) {
        let says = "a document says how much memory it takes";
        ledger.add(
            "H7",
            Grade::Said,
            view.corpus.place(document.file, found.start),
            says,
        );
    }
    if let Some(found) = GENERATES.find(document.text) {
        let says = "a document has a command that makes a random secret";
        ledger.add(
            "A8",
            Grade::Said,
            view.corpus.place(document.file, found.start),
            says,
        );
    }
}

/// The fewest pages that count as documentation.
const PAGES: usize = 5;

/// Reports documentation of several pages; it is not known for whom it is.
fn pages(view: &View<'_>, ledger: &mut Ledger) {
    let is_page = |path: &str| {
        let top = path.split('/').next().unwrap_or_default();
        ["doc", "docs", "documentation"].contains(&top)
    };
    let pages = view
        .documents
        .iter()
        .filter(|it| is_page(&view.corpus.files[it.file].path));
    let pages: Vec<_> = pages.map(|it| it.file).collect();
    if let Some(first) = pages.first().filter(|_| pages.len() >= PAGES) {
        let says = format!(
            "a documentation of {} pages; runbooks are not shown by it",
            pages.len()
        );
        ledger.add("N2", Grade::Said, view.corpus.line(*first, 1), says);
    }
}

/// Reports a vulnerability disclosure policy, which is part of what an incident plan covers.
fn disclosure(view: &View<'_>, ledger: &mut Ledger) {
    const SHORT: usize = 4;
    for (file, read) in view.corpus.of(Kind::Prose) {
        let is_it = ["SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md"]
            .contains(&read.path.as_str());
        if is_it && read.text.lines().filter(|it| !it.trim().is_empty()).count() > SHORT {
            let says = "a policy for reports of vulnerabilities; a plan for incidents is not shown";
            ledger.add("N3", Grade::Said, view.corpus.line(file, 1), says);
        }
    }
}

/// A command that deploys a system.
static DEPLOYS: Pattern = Pattern::new(
    r"^\s*(?:\$\s*)?(?:sudo\s+)?(?:docker[ -]compose\s[^\n]*\bup\b[^\n]*-d|docker run -d|docker stack deploy|kubectl apply|kubectl create -|helm (?:repo add|install|upgrade)|ansible-playbook|terraform apply|tofu apply|fly(?:ctl)? (?:deploy|launch)|(?:bundle exec )?cap \w+ deploy|kamal (?:setup|deploy)|git push (?:heroku|dokku|production)|cf push|eb deploy|gcloud (?:run|app) deploy|serverless deploy|sls deploy|systemctl (?:enable|start|restart)|service \w+ (?:start|restart)|pm2 (?:start|reload)|make deploy|(?:\./)?(?:bin|scripts?)/deploy|(?:\./)?(?:install|deploy|upgrade|update)\.sh|az (?:webapp|containerapp) (?:up|deploy|create)|copilot (?:deploy|svc deploy)|nomad (?:job )?run|dokku \w+:\w+|oc (?:apply|new-app))",
);

/// A command that starts a packaged service, which developers do as well.
static PACKAGED: Pattern = Pattern::new(
    r"\b(?:systemctl (?:--\S+ )*(?:enable|start|restart) (?:--\S+ )*|service )(?:postgresql|mysqld?|mariadb|redis|mongodb?|mongod|docker|memcached|elasticsearch|rabbitmq|cron|sshd?)\b",
);

/// A file that a command names, in a folder that a variable may name.
static FILE: Pattern =
    Pattern::new(r"(?:^|[\s=/])([\w][\w.-]*\.(?:ya?ml|json|tf))(?:\s|$|[\x22'])");

/// Whether the repository has the files that a command names below a variable folder; true for any other command.
fn names_what_is_there(view: &View<'_>, repository: usize, line: &str) -> bool {
    // The folder is not known, so only the names of the files are compared.
    !line.contains('$')
        || !line.contains('/')
        || FILE
            .groups(line)
            .iter()
            .all(|(_, named)| view.corpus.has_path(repository, named))
}

/// Words in headings and file names of documents about deployment.
const OF_DEPLOYMENT: &[&str] = &[
    "deploy",
    "deploying",
    "deployment",
    "deployments",
    "hosting",
    "install",
    "installation",
    "installing",
    "production",
    "upgrade",
    "upgrading",
    "release",
    "releasing",
    "selfhosting",
    "self",
    "server",
];
const OF_DEVELOPERS: &[&str] = &[
    "dev",
    "develop",
    "developer",
    "developers",
    "development",
    "local",
    "locally",
    "test",
    "testing",
    "tests",
    "contributing",
];

/// Whether the name of a document says that it is for developers.
pub(super) fn is_for_developers(path: &str) -> bool {
    is_about(name(path), OF_DEVELOPERS)
}

fn is_about(text: &str, words: &[&str]) -> bool {
    has_word(&text.to_ascii_lowercase(), |word| words.contains(&word))
}

/// Returns the line of the first command that deploys, in a document or a section about deployment and not development.
fn deployment(view: &View<'_>, document: &Document<'_>) -> Option<u32> {
    let path = &view.corpus.files[document.file].path;
    let own = name(path);
    if is_about(path, OF_DEVELOPERS) {
        return None;
    }
    let is_named = is_about(own, OF_DEPLOYMENT);
    let commands = code_lines(document.text);
    let repository = view.corpus.files[document.file].repository;
    let mut commands = commands.iter().filter(|(_, line)| {
        DEPLOYS.is_in(line) && !PACKAGED.is_in(line) && names_what_is_there(view, repository, line)
    });
    commands.find_map(|(number, _)| {
        let above: Vec<_> = lines(document.text)
            .take(*number as usize)
            .filter_map(|(_, line)| heading(line))
            .collect();
        let near = above.last().copied().unwrap_or_default();
        let is_of_deployment = is_named || is_about(near, OF_DEPLOYMENT);
        (is_of_deployment && !is_about(near, OF_DEVELOPERS)).then_some(*number)
    })
}

/// Reports documents about the architecture.
fn architecture(view: &View<'_>, document: &Document<'_>, ledger: &mut Ledger) {
    const LONG: usize = 15;
    let path = view.corpus.files[document.file].path.to_ascii_lowercase();
    let own = name(&path);
    let is_it = own.starts_with("architecture")
        || own.starts_with("system-design")
        || ["/adr/", "/adrs/", "/decisions/", "/architecture/"]
            .iter()
            .any(|part| path.contains(part));
    if is_it && document.text.lines().count() >= LONG {
        let place = view.corpus.line(document.file, 1);
        ledger.add(
            "N2",
            Grade::Said,
            place,
            "a document about the architecture",
        );
    }
}

/// The path of a file that, by its name, defines a health endpoint.
static HEALTH: Pattern = Pattern::new(
    r"(?:^|/)api/(?:[\w-]+/)*(?:health|healthz|health-?check|livez|readyz|ready|ping|status|heartbeat)(?:/(?:route|index|\+server|get))?(?:\.get)?\.(?:ts|js|tsx)$|(?:^|/)(?:health|healthz|healthcheck|health_check|heartbeat|ping|liveness|readiness)_?(?:controller|routes?|router|handler|views?)\.(?:rb|py|ts|js|php|ex|go)$|(?:^|/)(?:health|healthcheck|health-check)\.(?:controller|route|routes|router)\.(?:ts|js)$|(?:^|/)Health(?:Check)?(?:s)?(?:Controller|Resource|Endpoint|Handler)\.(?:java|kt|cs|php|ts)$|(?:^|/)routes?/(?:[\w-]+/)*(?:health|healthz|healthcheck|health_check)\.(?:ts|js|py|rb|go|php)$",
);

fn routes(view: &View<'_>, ledger: &mut Ledger) {
    for (repository, paths) in view.corpus.paths.iter().enumerate() {
        let is_it = |path: &&String| {
            HEALTH.is_in(path)
                && role(path, Kind::Code) == Role::Shipped
                && !path.contains("/client")
        };
        if let Some(path) = paths.iter().filter(is_it).min() {
            let place = Place {
                repository,
                path: path.clone(),
                line: 1,
            };
            ledger.add(
                "I1",
                Grade::SetUp,
                place,
                "the program has a health endpoint",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_routes() {
        for (path, expected) in [
            ("src/app/api/health/route.ts", true),
            ("pages/api/health.ts", true),
            ("app/controllers/health_controller.rb", true),
            ("src/main/java/a/HealthController.java", true),
            ("src/health/health.controller.ts", true),
            ("server/api/health.get.ts", true),
            ("src/api/healthcare/route.ts", false),
            ("docs/health.md", false),
        ] {
            assert_eq!(HEALTH.is_in(path), expected, "{path}");
        }
    }

    #[test]
    fn commands_deploy() {
        for (line, expected) in [
            ("docker compose up -d", true),
            ("$ docker-compose -f a.yml up -d --build", true),
            ("helm install app ./chart", true),
            ("./install.sh", true),
            ("docker compose run --rm app test", false),
            ("npm install", false),
        ] {
            assert_eq!(DEPLOYS.is_in(line), expected, "{line}");
        }
    }
}
