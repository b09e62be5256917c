//! How a project is deployed, as far as its files show.

use crate::audit::Project;
use crate::lexicon::path::{self, Role, has_word};

use super::script::Script;
use super::servers::is_for_servers;
use super::tasks;

/// How many files that may deploy are read, and the largest size in bytes of each.
const MAX_FILES: usize = 300;
const MAX_BYTES: usize = 256 << 10;

/// Whole names of files that describe a deployment.
#[rustfmt::skip]
const DESCRIPTIONS: &[&str] = &[
    "chart.yaml", "kustomization.yaml", "kustomization.yml", "skaffold.yaml", "helmfile.yaml", "procfile", "fly.toml",
    "heroku.yml", "render.yaml", "railway.toml", "railway.json", "vercel.json", "netlify.toml", "serverless.yml",
    "serverless.ts", "samconfig.toml", "cdk.json", "pulumi.yaml", "appspec.yml", "apprunner.yaml", "dockerrun.aws.json",
    "app.yaml", "ansible.cfg",
    ".platform.app.yaml", "capfile", "deploy.rb", "task-definition.json", "taskdef.json", "cloudrun.yaml", "nixpacks.toml",
];

/// The descriptions that do not run images of the project.
#[rustfmt::skip]
const WITHOUT_IMAGES: &[&str] = &[
    "procfile", "vercel.json", "netlify.toml", "serverless.yml", "serverless.ts", "capfile", "deploy.rb", "ansible.cfg",
];

/// Extensions of files that describe a deployment.
const ENDINGS: &[&str] = &[".tf", ".tofu", ".nomad", ".service"];

/// Directories of manifests.
const FOLDERS: &[&str] = &[
    "k8s",
    "kubernetes",
    "helm",
    "charts",
    "terraform",
    "openshift",
    "ecs",
];

/// Commands with which a pipeline deploys, and whether that runs an image.
#[rustfmt::skip]
const COMMANDS: &[(&str, bool)] = &[
    ("gigalixir", false), ("git push heroku", false), ("akhileshns/heroku-deploy", false), ("cap production deploy", false),
    ("vercel deploy", false), ("amplify", false), ("serverless deploy", false),
    ("flyctl deploy", true), ("aws ecs ", true), ("amazon-ecs-deploy-task-definition", true), ("kubectl apply", true),
    ("kubectl set image", true), ("helm upgrade", true), ("azure/webapps-deploy", true), ("az webapp", true),
    ("az containerapp", true), ("gcloud run deploy", true), ("deploy-cloudrun", true), ("cf push", true),
    ("terraform apply", true), ("pulumi up", true), ("cdk deploy", true), ("copilot deploy", true), ("kamal deploy", true),
    ("argocd", true), ("flux reconcile", true), ("oc apply", true), ("elastic-beanstalk", true), ("eb deploy", true),
];

/// Commands that build an image without naming its Dockerfile.
const BUILDERS: &[&str] = &[
    "docker build",
    "docker buildx",
    "build-push-action",
    "kaniko",
    "buildah",
    "az acr build",
    "jib:build",
    "podman build",
];

/// A file that may deploy.
struct Deployer {
    script: Script,
    /// Whether the Compose files that it starts are deployments, judged by its path or by what else it does.
    is_for_servers: bool,
}

/// How a project is deployed.
pub(super) struct Deployment {
    /// The first file that describes or makes a deployment without Compose.
    elsewhere: Option<String>,
    /// Whether a deployment runs images of the project.
    runs_images: bool,
    deployers: Vec<Deployer>,
    /// Files that start development environments.
    desks: Vec<Script>,
    /// Files that may be Compose files, judged by their names.
    composed: Vec<String>,
}

impl Deployment {
    pub(super) fn new(project: &Project<'_>) -> Self {
        let deployers: Vec<_> = project
            .paths()
            .filter(|path| may_deploy(path))
            .take(MAX_FILES)
            .filter_map(|path| {
                let text = project
                    .read_text(path)
                    .filter(|text| text.len() <= MAX_BYTES)?;
                Some(Deployer {
                    is_for_servers: is_for_servers(path, &text),
                    script: Script::new(path, text.into_owned()),
                })
            })
            .collect();
        let desks = project.paths().filter(|path| is_of_desks(path));
        let desks = desks.take(MAX_DESKS).filter_map(|path| {
            let text = project.read_text(path)?;
            (text.len() <= MAX_BYTES).then(|| Script::new(path, text.into_owned()))
        });
        let desks = desks.collect();
        let described = project.paths().filter(|path| describes(path));
        let described: Vec<_> = described.map(str::to_owned).collect();
        let commanding = deployers.iter().filter_map(|deployer| {
            let text = deployer.script.text.to_ascii_lowercase();
            let known = COMMANDS.iter().find(|(command, _)| text.contains(command));
            let runs_images = match known {
                Some((_, runs_images)) => *runs_images,
                None => hands_over(&deployer.script.path, &text).then_some(true)?,
            };
            Some((deployer.script.path.clone(), runs_images))
        });
        let commanding: Vec<_> = commanding.collect();
        let is_imageless = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
            WITHOUT_IMAGES.contains(&&*name)
        };
        let runs_images = described.iter().any(|path| !is_imageless(path))
            || commanding.iter().any(|(_, runs_images)| *runs_images)
            || deployers.iter().any(|it| {
                BUILDERS
                    .iter()
                    .any(|builder| it.script.text.contains(builder))
            });
        let mut all = described
            .into_iter()
            .chain(commanding.into_iter().map(|(path, _)| path));
        Self {
            elsewhere: all.next(),
            runs_images,
            deployers,
            desks,
            composed: project
                .paths()
                .filter(|it| may_be_compose(it))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Returns what deploys the project without Compose.
    pub(super) fn elsewhere(&self) -> Option<&str> {
        self.elsewhere.as_deref()
    }

    /// Whether images are built that may use any Dockerfile in the default location.
    pub(super) fn builds_images(&self) -> bool {
        self.runs_images
    }

    /// Whether a deploying file names the file at `path`, or its directory.
    pub(super) fn names(&self, path: &str) -> bool {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let named = if folder.contains('/') { folder } else { path };
        let mut texts = self.deployers.iter().map(|it| &it.script.text);
        texts.any(|text| text.contains(named) || text.contains(path))
    }

    /// Whether a file that works on servers names the file at `path`.
    pub(super) fn sends(&self, path: &str) -> bool {
        let mut deployers = self.deployers.iter().filter(|it| it.is_for_servers);
        deployers.any(|it| it.script.path != path && it.script.text.contains(path))
    }

    /// Returns the file that deploys the Compose file at `path`, and the line.
    pub(super) fn starts(&self, path: &str) -> Option<(&str, u32)> {
        let same = self.folders_of(path);
        let may_deploy =
            |it: &&Deployer| it.is_for_servers || tasks::runner(&it.script.path).is_some();
        let mut deployers = self
            .deployers
            .iter()
            .filter(|it| may_deploy(it) && it.script.path != path);
        deployers.find_map(
            |Deployer {
                 script,
                 is_for_servers,
             }| {
                // In a file of a task runner, the name of the task decides.
                let is_meant = |task: Option<&str>| match task {
                    Some(task) if *is_for_servers => !tasks::develops(task),
                    Some(task) => tasks::deploys(task),
                    None => *is_for_servers,
                };
                let line = script.line_that_starts(path, &same, is_meant)?;
                Some((script.path.as_str(), line))
            },
        )
    }

    /// Returns the directories of all files that may be Compose files and have the same name as the one at `path`.
    pub(super) fn folders_of(&self, path: &str) -> Vec<&str> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let same = self.composed.iter().filter_map(|other| {
            let (folder, own) = other.rsplit_once('/').unwrap_or(("", other));
            (own == name).then_some(folder)
        });
        same.collect()
    }

    /// Returns the task that starts the Compose file at `path`, if it and all other tasks that start the file are named
    /// after what developers do.
    fn task_of_developers(&self, path: &str) -> Option<(&str, u32)> {
        let same = self.folders_of(path);
        let mut first = None;
        let runners = { self.deployers.iter() }.map(|it| &it.script);
        for script in runners.filter(|it| tasks::runner(&it.path).is_some()) {
            for (line, task) in script.tasks_that_start(path, &same) {
                if !tasks::develops(task) {
                    return None;
                }
                first.get_or_insert((script.path.as_str(), line));
            }
        }
        first
    }

    /// Returns what starts the Compose file at `path` for those who work on the program: a development container, a
    /// script named for that, or a developers' task.
    pub(super) fn works_on(&self, path: &str) -> Option<(&str, u32)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_default = is_default_name(name);
        let is_named = |line: &str, task: Option<&str>| {
            let of_default = folder.is_empty() && starts(line, name, is_default);
            (of_default || !folder.is_empty() && line.contains(path))
                && !task.is_some_and(tasks::deploys)
        };
        let mut desks = self.desks.iter();
        let desk = desks.find_map(|it| Some((it.path.as_str(), it.line(is_named)?)));
        desk.or_else(|| self.task_of_developers(path))
    }

    /// Returns the pipeline that starts the Compose file at `path` to test something, if nothing else starts it.
    pub(super) fn tests_with(&self, path: &str) -> Option<(&str, u32)> {
        let same = self.folders_of(path);
        let mut found = None;
        let others = self.deployers.iter().filter(|it| it.script.path != path);
        for Deployer {
            script,
            is_for_servers,
        } in others
        {
            let Some(line) = script.line_that_starts(path, &same, |_| true) else {
                continue;
            };
            let is_pipeline = script.path.split('/').any(path::is_ci_folder);
            if !is_pipeline || *is_for_servers {
                return None;
            }
            found.get_or_insert((script.path.as_str(), line));
        }
        found
    }

    /// Returns how many bytes the lookup of one Compose file reads.
    pub(super) fn weight(&self) -> usize {
        let deployers = self.deployers.iter().map(|it| it.script.weight());
        deployers.sum::<usize>() + self.desks.iter().map(Script::weight).sum::<usize>()
    }
}

/// Returns whether Compose finds a file with this name by default.
pub(super) fn is_default_name(name: &str) -> bool {
    matches!(
        name,
        "compose.yaml" | "compose.yml" | "docker-compose.yml" | "docker-compose.yaml"
    )
}

/// Whether a file may be a Compose file that something else starts, judged by its name.
fn may_be_compose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    is_yaml && (name.contains("compose") || name.contains("stack"))
}

/// Returns whether a line starts the Compose file of this name, or copies it to a server.
pub(super) fn starts(line: &str, name: &str, is_default: bool) -> bool {
    let has_name = line
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '=' | ':' | ',' | '(' | ')')
        })
        .any(|word| word == name);
    if has_name {
        return true;
    }
    let is_compose = line.contains("docker compose")
        || line.contains("docker-compose")
        || line.contains("podman-compose")
        || line.contains("stack deploy");
    let names_other = line.contains(" -f ") || line.contains("--file") || line.contains(" -c ");
    let is_verb = |word: &str| matches!(word, "up" | "pull" | "start" | "restart" | "run");
    let is_end = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '/');
    let mut words = line.split(is_end).skip(1);
    is_default && is_compose && !names_other && words.any(is_verb)
}

fn describes(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let is_manifest = [".tf", ".yaml", ".yml", ".tpl"]
        .iter()
        .any(|end| name.ends_with(end));
    let is_role = lower.ends_with("tasks/main.yml") && folders.split('/').any(|it| it == "roles");
    let is_of_fly = name.ends_with(".toml") && has_word(&lower, |word| word == "fly");
    let is_description = DESCRIPTIONS.contains(&name)
        || is_of_fly
        || ENDINGS.iter().any(|end| name.ends_with(end))
        || is_role
        || name.starts_with("clowdapp") && is_manifest
        || is_manifest && folders.split('/').any(|folder| FOLDERS.contains(&folder));
    is_description && ships(path)
}

/// Whether a pipeline, in lower case, hands what it has built to the repository that deploys it.
fn hands_over(path: &str, text: &str) -> bool {
    let dispatches = ["repository-dispatch@", "/dispatches"];
    let is_of_deployment = |text: &str| {
        has_word(text, |word| {
            matches!(word, "deploy" | "deployment" | "gitops")
        })
    };
    dispatches.iter().any(|it| text.contains(it))
        && (is_of_deployment(&path.to_ascii_lowercase()) || is_of_deployment(text))
}

/// Whether a path belongs to a shipped file, or to a pipeline.
fn ships(path: &str) -> bool {
    match path::role(path, &[]) {
        Role::Shipped => true,
        Role::Development => path.split('/').any(path::is_ci_folder),
        Role::Sample | Role::Vendored => false,
    }
}

fn may_deploy(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let is_pipeline = is_yaml && folders.split('/').any(path::is_ci_folder)
        || matches!(
            name,
            ".gitlab-ci.yml"
                | "azure-pipelines.yml"
                | "bitbucket-pipelines.yml"
                | "cloudbuild.yaml"
                | "buildspec.yml"
                | ".travis.yml"
        )
        || name.starts_with("jenkinsfile")
        || is_yaml
            && has_word(folders, |word| {
                matches!(word, "ansible" | "playbooks" | "roles" | "pipelines")
            });
    let is_build = matches!(
        name,
        "makefile" | "justfile" | "taskfile.yml" | "rakefile" | "package.json" | "composer.json"
    ) || [".sh", ".mk", ".hcl", ".tf", ".ps1", ".service"]
        .iter()
        .any(|end| name.ends_with(end));
    (is_pipeline || is_build && ships(path)) && !folders.split('/').any(path::is_vendored_folder)
}

/// How many files that start development environments are read.
const MAX_DESKS: usize = 40;

/// Whether a file starts a development environment and nothing else: a container, a workspace, or a script named after
/// that.
fn is_of_desks(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let is_workspace = matches!(
        name,
        "devcontainer.json"
            | ".devcontainer.json"
            | "tiltfile"
            | ".gitpod.yml"
            | "devfile.yaml"
            | ".devfile.yaml"
            | "mise.toml"
            | ".mise.toml"
    );
    let is_script = !name.contains('.') || name.ends_with(".sh");
    let first = name.split(['-', '_', '.']).next();
    let is_called_so = first.is_some_and(|it| matches!(it, "dev" | "develop" | "development"));
    let is_vendored = folders.split('/').any(path::is_vendored_folder);
    !is_vendored && (is_workspace || is_script && is_called_so)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_start_compose_files() {
        let main = |line: &str| starts(line, "docker-compose.yml", true);
        assert!(main("docker compose up -d"));
        assert!(main("ssh host 'cd app && docker-compose pull'"));
        assert!(main("scp deploy/docker-compose.yml host:"));
        assert!(!main("docker compose -f docker-compose.prod.yml up -d"));
        assert!(!main("running it needs docker compose, and starts nothing"));
        assert!(starts(
            "docker compose -f compose.prod.yml up",
            "compose.prod.yml",
            false
        ));
        assert!(!starts("docker compose up -d", "compose.prod.yml", false));
    }

    #[test]
    fn deployments_are_described_by_what_ships() {
        for path in [
            "charts/a/Chart.yaml",
            "Procfile",
            "infra/main.tf",
            "k8s/web.yaml",
            ".rhcicd/clowdapp-a.yaml",
        ] {
            assert!(describes(path), "{path}");
        }
        for path in [
            "docs/Procfile",
            "examples/main.tf",
            "k8s/README.md",
            "node_modules/a/fly.toml",
        ] {
            assert!(!describes(path), "{path}");
        }
    }
}
