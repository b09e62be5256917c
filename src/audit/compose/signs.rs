//! What a compose file shows of who starts it: those who deploy the program, or only those who develop it.

use crate::audit::Project;
use crate::audit::environment::{Runs, runs};
use crate::audit::project::resolve;
use crate::audit::yaml::{self, Value};
use crate::lexicon::path::{self, Role, has_word};

use super::Compose;
use super::checks::development_server;
use super::env_file;
use super::file::{File, is_for_development};
use super::image;
use super::interpolation::with_defaults;
use super::parts::Parts;
use super::roles::{self, command, is_kind};
use super::service::Service;
use super::volume::mounts;

/// What one compose file shows.
#[expect(clippy::struct_excessive_bools, reason = "each is shown by itself")]
pub(in crate::audit) struct Signs {
    /// The file.
    pub(in crate::audit) path: String,
    /// Whether its path says that only developers use it, or that it is a sample.
    pub(in crate::audit) is_aside: bool,
    /// Whether it shows that it is deployed, whatever else it shows.
    pub(in crate::audit) is_deployed: bool,
    /// Whether a program in it is started again with the machine.
    pub(in crate::audit) is_kept_running: bool,
    /// What says by itself that only developers start it, and whether it does so even of what starts with the machine.
    pub(in crate::audit) of_development: Option<(String, bool)>,
    /// What says so where something else is deployed.
    pub(in crate::audit) of_desk: Option<String>,
    /// Whether all that it has to say so is that it builds the program.
    pub(in crate::audit) only_builds: bool,
    /// The other files that it uses.
    pub(in crate::audit) uses: Vec<Used>,
}

/// A file that a compose file uses, or a folder with all that is below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Used {
    /// Its path.
    pub(in crate::audit) path: String,
    /// Whether it is a Dockerfile.
    pub(in crate::audit) is_dockerfile: bool,
}

impl Signs {
    /// Reads all compose files of a project.
    pub(in crate::audit) fn of_all(project: &Project<'_>) -> Vec<Self> {
        let sources = project.claimed_by(&Compose);
        sources
            .filter_map(|source| Self::read(&source.path, &source.text, project))
            .collect()
    }

    fn read(path: &str, text: &str, project: &Project<'_>) -> Option<Self> {
        let tree = yaml::parse(text).ok()?;
        let parts = Parts::gather(path, tree, project);
        let file = File::recognise(text, &parts, project)?;
        let programs: Vec<_> = file.services.iter().filter(|it| !is_aid(it)).collect();
        let says = |service: &Service, wanted: Runs| {
            let variables = service.variables("environment");
            let mut variables = variables.iter();
            variables.find_map(|it| {
                let value = with_defaults(&it.value);
                (runs(&it.name, &value) == Some(wanted))
                    .then(|| format!("`{}` is `{value}`", it.name))
            })
        };
        let of_production = programs
            .iter()
            .any(|service| says(service, Runs::Production).is_some());
        let is_published =
            |service: &&Service| is_kept_running(service) && has_published_image(service);
        let has_certificates = ["letsencrypt", "certresolver", "certbot", "acme.sh"]
            .iter()
            .any(|word| text.contains(word));
        let services = || file.services.iter();
        let is_sure = services().find_map(|service| {
            env_file_of_developers(service)
                .or_else(|| target_of_developers(service))
                .or_else(|| aid_of_developers(service))
        });
        let is_likely = || {
            services()
                .find_map(|it| says(it, Runs::Development).or_else(|| database_of_developers(it)))
        };
        let of_development = is_sure
            .map(|why| (why, true))
            .or_else(|| Some((is_likely()?, false)));
        let (of_desk, only_builds) = of_desk(path, &file, &programs);
        Some(Self {
            path: path.to_owned(),
            is_aside: is_for_development(path, file.policy)
                || path::role(path, &file.policy.development_words) != Role::Shipped,
            is_deployed: of_production
                || has_certificates
                || is_called_deployed(path)
                || programs.iter().copied().any(|it| is_published(&it)),
            // Stores alone may be what is deployed.
            is_kept_running: if programs.is_empty() {
                file.services.iter().any(is_kept_running)
            } else {
                programs.iter().any(|it| is_kept_running(it))
            },
            of_development,
            of_desk,
            only_builds,
            uses: file.services.iter().flat_map(|it| used(path, it)).collect(),
        })
    }
}

/// Words of a path that say that what is there is deployed.
#[rustfmt::skip]
const DEPLOYED: &[&str] = &[
    "prod", "production", "deploy", "deployment", "deployments", "release", "live", "staging", "selfhost", "selfhosted",
    "onprem", "standalone", "swarm",
];

fn is_called_deployed(path: &str) -> bool {
    has_word(&path.to_ascii_lowercase(), |word| DEPLOYED.contains(&word))
        || path.to_ascii_lowercase().contains("self-host")
}

/// Whether a service runs no program of the project: it keeps data, or helps those who develop.
fn is_aid(service: &Service) -> bool {
    #[rustfmt::skip]
    const AIDS: &[&str] = &[
        "kafka", "cp-kafka", "zookeeper", "cp-zookeeper", "redpanda", "console", "kafka-ui", "kafdrop", "schema-registry",
        "cp-schema-registry", "nats", "activemq", "artemis", "flyway", "liquibase", "ngrok", "stripe-cli", "jaeger",
        "all-in-one", "prometheus", "grafana", "otel-collector", "opentelemetry-collector", "zipkin", "selenium",
        "standalone-chrome", "standalone-chromium", "standalone-firefox", "wiremock", "mockserver", "mountebank", "prism",
        "swagger-ui", "mc", "pgweb", "dbgate", "cloudbeaver", "meilisearch", "typesense", "vault", "consul", "unleash-server",
        "keycloak", "openldap", "sftp", "ftpd", "oracle-xe", "oracle-free", "db2", "cosmosdb", "azure-cosmos-emulator",
        "cockroach", "cockroachdb", "cloud-sdk", "google-cloud-cli", "google-cloud-sdk", "toxiproxy", "busybox", "postgis",
    ];
    if service.setting("build").is_some() {
        return false;
    }
    let Some(image) = service.text("image") else {
        return false;
    };
    let name = image::short_name(&image);
    roles::datastore(service).is_some()
        || AIDS.contains(&name.as_str())
        || image.contains("kafka")
        || is_for_trying(&image)
}

/// Whether an image replaces something that production has.
fn is_for_trying(image: &str) -> bool {
    let name = image::short_name(image);
    let is_word = |word: &str| {
        matches!(
            word,
            "mock" | "mocks" | "fake" | "stub" | "emulator" | "localstack" | "ngrok"
        ) || word.starts_with("mock")
    };
    image::is_emulator(image) || image::is_mail_catcher(image) || has_word(&name, is_word)
}

/// Whether it is started with the machine.
fn is_kept_running(service: &Service) -> bool {
    let restart = service.text("restart");
    restart.is_some_and(|it| matches!(it.trim(), "always" | "unless-stopped"))
        || service
            .setting("deploy")
            .is_some_and(|it| it.part("replicas").is_some())
}

/// Whether the image is had from others, or is pushed to where others have it.
fn has_published_image(service: &Service) -> bool {
    let Some(image) = service.text("image") else {
        return false;
    };
    service.setting("build").is_none() || image.contains('/')
}

/// The name that an env file has for developers.
fn env_file_of_developers(service: &Service) -> Option<String> {
    let files = service.setting("env_file")?;
    let named = env_file::named(files.value);
    let mut named = named.into_iter();
    let file = named.find(|it| {
        let name = it.path.rsplit('/').next().unwrap_or(&it.path);
        path::role(name, &[]) == Role::Development
    })?;
    Some(format!("it reads `{}`", file.path))
}

fn target_of_developers(service: &Service) -> Option<String> {
    let target = service.setting("build")?.part("target")?;
    let target = with_defaults(target.value.text()?);
    let is_meant =
        |word: &str| path::is_development_word(word, &[]) || word == "local" || word == "debug";
    has_word(&target.to_ascii_lowercase(), is_meant)
        .then(|| format!("it builds the stage `{target}`"))
}

/// A database that is called after a test or after those who develop.
fn database_of_developers(service: &Service) -> Option<String> {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "POSTGRES_DB", "POSTGRES_DBNAME", "MYSQL_DATABASE", "MARIADB_DATABASE", "MONGO_INITDB_DATABASE", "DB_NAME",
        "DB_DATABASE", "DATABASE_NAME",
    ];
    let variables = service.variables("environment");
    let mut variables = variables
        .iter()
        .filter(|it| NAMES.contains(&it.name.as_str()));
    variables.find_map(|it| {
        let value = with_defaults(&it.value);
        let mut words = value.split([',', ' ']).flat_map(|name| {
            let first = name.split(['_', '-']).next();
            let last = name.rsplit(['_', '-']).next();
            first.into_iter().chain(last)
        });
        let is_meant =
            |word: &str| matches!(word, "dev" | "development" | "test" | "tests" | "testing");
        words
            .any(is_meant)
            .then(|| format!("`{}` is `{value}`", it.name))
    })
}

fn aid_of_developers(service: &Service) -> Option<String> {
    let image = service.text("image")?;
    is_for_trying(&image).then(|| format!("it starts `{}`", image::short_name(&image)))
}

/// What shows that a file is for the desk of a developer where something else is deployed; and whether that is no more
/// than that it builds the program.
fn of_desk(path: &str, file: &File, programs: &[&Service]) -> (Option<String>, bool) {
    if programs.is_empty() {
        let sign =
            (!file.services.is_empty()).then(|| "it starts no program of its own".to_owned());
        return (sign, false);
    }
    let is_built = |service: &&&Service| service.setting("build").is_some();
    for service in programs.iter().filter(is_built) {
        if mounts_source(path, service) {
            return (Some("it mounts the source directory".to_owned()), false);
        }
        let started = command(service, "command").or_else(|| command(service, "entrypoint"));
        if let Some(what) = started.as_deref().and_then(development_server) {
            return (Some(format!("it starts {what}")), false);
        }
    }
    let is_front = |service: &&&Service| is_kind(service, image::is_reverse_proxy);
    let mut own = programs.iter().filter(|it| !is_front(it)).peekable();
    let builds = own.peek().is_some() && own.all(|it| is_built(&it));
    let sign = builds.then(|| "it builds the program".to_owned());
    (sign, builds)
}

/// Folders of source code, as they are called as a whole.
const SOURCES: &[&str] = &[
    "src", "app", "lib", "server", "client", "backend", "frontend", "api", "web", "packages",
    "apps",
];

/// Whether a working copy is laid over the image that is built from it.
fn mounts_source(path: &str, service: &Service) -> bool {
    let Some((context, _)) = built(path, service) else {
        return false;
    };
    mounts(service).iter().any(|mount| {
        let source = mount.source.as_deref().and_then(|it| resolve(path, it));
        let Some(source) = source else {
            return false;
        };
        let is_setting = [
            "/etc/",
            "/config",
            "/conf",
            "/docker-entrypoint",
            "/data",
            "/var/log",
        ]
        .iter()
        .any(|start| mount.target.starts_with(start));
        let below = source
            .strip_prefix(&context)
            .map(|it| it.trim_start_matches('/'));
        let is_source = source == context || below.is_some_and(|below| SOURCES.contains(&below));
        !is_setting && !mount.is_read_only && is_source
    })
}

/// The folder that is built from, and the Dockerfile.
fn built(path: &str, service: &Service) -> Option<(String, String)> {
    let build = service.setting("build")?;
    let part = |key: &str| Some(with_defaults(build.part(key)?.value.text()?));
    let context = match build.value.text() {
        Some(text) => with_defaults(text),
        None => part("context").unwrap_or_else(|| ".".to_owned()),
    };
    let context = resolve(path, &context)?;
    let name = part("dockerfile").unwrap_or_else(|| "Dockerfile".to_owned());
    let dockerfile = resolve(&format!("{context}/."), &name)?;
    Some((context, dockerfile.trim_start_matches('/').to_owned()))
}

/// The files that a service uses: its Dockerfile, its env files, and what it mounts.
fn used(path: &str, service: &Service) -> Vec<Used> {
    let mut all = Vec::new();
    let file = |path: String| Used {
        path,
        is_dockerfile: false,
    };
    all.extend(built(path, service).map(|(_, path)| Used {
        path,
        is_dockerfile: true,
    }));
    let files = service.setting("env_file");
    let files: Vec<Value<'_>> = files.iter().map(|it| it.value).collect();
    let named = files.into_iter().flat_map(env_file::named);
    all.extend(named.filter_map(|it| resolve(path, &it.path)).map(file));
    // What is laid over the program itself ships with it.
    let is_other = is_aid(service) || is_kind(service, image::is_reverse_proxy);
    let mounted = if is_other {
        mounts(service)
    } else {
        Vec::new()
    };
    let sources = mounted.into_iter().filter_map(|it| it.source);
    let sources = sources.filter_map(|it| resolve(path, &it));
    all.extend(sources.filter(|it| !it.is_empty()).map(file));
    all
}
