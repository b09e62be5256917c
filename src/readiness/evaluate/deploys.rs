//! Commands and actions with which pipelines deploy, and what they deploy to.

use super::steps::PREPARES;
use crate::readiness::read::is_comment;
use crate::readiness::read::pattern::Pattern;
pub(super) use crate::readiness::read::pipeline::is_production;

/// Commands and actions that deploy to Kubernetes, clouds, platforms or servers or apply infrastructure as code, and
/// scripts, targets and workflows that are named for deploying.
static DEPLOYS: Pattern = Pattern::new(concat!(
    r"\bhelm(?: -\S+)* (?:upgrade|install)\b|\bhelmfile\b[^\n]*\b(?:apply|sync)\b|kubectl(?: -\S+)* (?:apply|set image|rollout restart)\b",
    r"|argocd app sync|\bskaffold (?:run|deploy)\b|\bkluctl deploy\b|\bnomad (?:job )?run\b|\boc (?:apply|rollout latest)\b|KubernetesManifest@",
    r"|\b(?:terraform|tofu)(?: -\S+)* apply\b|\bterragrunt\b[^\n]*\bapply\b|\bdflook/(?:terraform|tofu)-apply@|/tfc-workflows-github/actions/apply-run@",
    r"|pulumi up|\bcdk deploy|\bserverless deploy|\bsam deploy\b|\bcopilot (?:svc |app |job )?deploy\b|\bzappa (?:update|deploy)\b",
    r"|aws ecs update-service|amazon-ecs-deploy-task-definition|aws s3 sync|\beb deploy",
    r"|gcloud (?:run|app|functions) deploy|deploy-cloudrun|\bfirebase deploy\b|az webapp (?:deploy|up)|az containerapp (?:up|update)\b|azure/webapps-deploy|AzureWebApp@",
    r"|flyctl deploy|fly deploy|heroku container:release|akhileshns/heroku-deploy|git push [^\n]*(?:heroku|dokku|scalingo)|\bdokku\b[^\n]*\b(?:git:from-image|git:from-archive|ps:rebuild|tags:deploy)\b|dokku/github-action|\bscalingo [^\n]*\bdeploy\b|\bclever deploy\b|\brailway up\b|api\.render\.com/deploy",
    r"|\bcf (?:push|deploy)\b|\bcf_command: [\x22']?push\b|vercel [^\n]*--prod|netlify deploy|wrangler (?:-- )?(?:pages )?(?:deploy|publish)\b",
    r"|cap \w+ deploy|ansible-playbook|kamal deploy|docker stack deploy|docker[ -]compose[^\n]* up -d|appleboy/ssh-action",
    r"|\.github/workflows/_?(?:(?:reusable|shared|callable|call|workflow|run|remote|app|docker|k8s|helm|ecs|aws|gcp|azure|cf|terraform|heroku|fly)[._-])*deploy(?:ment)?(?:[._-][\w.-]*)?\.ya?ml",
    r"|(?:^\s*|(?:python3?|bash|sh|ruby|node|time|sudo|run:) )(?:[\w./-]*/)?deploy(?:[_-][\w-]+)?\.(?:sh|py|rb|js|mjs|ts)\b|(?:^\s*|(?:bash|sh|ruby|time|sudo|run:) )(?:\./|[\w./-]*\b(?:bin|scripts?)/)deploy(?:[_-][\w-]+)?(?:\s|$)",
    r"|\bmake [^\n]*(?:\bdeploy\b|_deploy\b|\bdeploy_|(?:terraform|tofu|tf)[-_]apply\b)|\b(?:npm|yarn|pnpm)(?: run)? deploy(?::prod(?:uction)?|:live)?(?:\s|$)",
));

/// Third-party actions that deploy, judged by their names.
static ACTIONS: Pattern = Pattern::new(
    r"(?i)^\s*[\w.-]+/[\w./-]*(?:\bdeploy(?:s|ment|er)?\b|\bargo-?cd\b|\bgitops\b|_deploy\b)[\w./-]*@\S",
);

/// Names of such actions that do not deploy a system, or only record a deployment.
static NO_DEPLOYERS: Pattern = Pattern::new(
    r"(?i)pages|docs|storybook|preview|netlify-comment|track|status|notify|annotation|record|wait|cleanup|delete|finish|start-|chrnorm|bobheadxi|keys?\b|token|setup|install|lint|validate|diff|freeze|checks?\b|kind-",
);

/// Dry runs, and deployments of documents, stories and previews, which are not systems.
static SPARES: Pattern = Pattern::new(
    r"--dry-run|--connection[= ]local\b|--check\b|--syntax-check|--list-(?:tasks|hosts)|\bapply -help|(?i)deploy[\w.:-]*[_:.-](?:docs?|documentation|pages|storybook|stories|preview|previews|review)\b|(?:docs?|storybook|preview|review)[_:-]deploy",
);

/// Where a shell command ends.
const ENDS: [char; 3] = ['&', ';', '|'];

fn deploys(line: &str) -> bool {
    ACTIONS.is_in(line) && !NO_DEPLOYERS.is_in(line) || runs_deployment(line)
}

fn runs_deployment(line: &str) -> bool {
    DEPLOYS.is_in(line)
        && !is_comment(line)
        && line.split(ENDS).any(|command| {
            DEPLOYS.is_in(command) && !PREPARES.is_in(command) && !SPARES.is_in(command)
        })
}

/// Returns the lines that deploy, each with its byte offset.
pub(super) fn deploying(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end())
    });
    lines.filter(|(_, line)| deploys(line))
}

/// Returns the byte offset of the first line that deploys.
pub(super) fn deploys_at(text: &str) -> Option<usize> {
    deploying(text).next().map(|(at, _)| at)
}

/// Returns the inputs that tell an action or a workflow what to deploy to: `environment: production`.
pub(super) fn targets(text: &str) -> impl Iterator<Item = &str> {
    const NAMES: &[&str] = &[
        "environment",
        "environment_name",
        "environment-name",
        "env",
        "env_name",
        "workspace",
        "workspace_name",
        "workspace-name",
        "stage",
        "space",
        "cf_space",
        "namespace",
        "target",
    ];
    let inputs = text.lines().skip(1);
    inputs.filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        (NAMES.contains(&name) && !value.contains("${{")).then_some(value)
    })
}

/// Whether words name an environment other than production or something that is not a system, or refer to an input,
/// which may do so.
pub(super) fn names_others(words: &str) -> bool {
    const OTHERS: &[&str] = &[
        "beta",
        "chart",
        "charts",
        "dev",
        "development",
        "demo",
        "doc",
        "docs",
        "experimental",
        "integration",
        "matrix",
        "non",
        "nonprod",
        "package",
        "pages",
        "pre",
        "preprod",
        "preview",
        "previews",
        "qa",
        "review",
        "sandbox",
        "site",
        "stage",
        "staging",
        "storybook",
        "test",
        "testing",
        "tests",
        "uat",
        "website",
    ];
    let words = words.to_ascii_lowercase();
    let mut parts = words.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| OTHERS.contains(&part)) || words.contains("inputs.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_deploy() {
        for (command, expected) in [
            ("terraform -chdir=infra apply -auto-approve", true),
            ("terraform plan -out=apply", false),
            (
                "terragrunt run --non-interactive -- apply -auto-approve",
                true,
            ),
            ("terragrunt run-all plan", false),
            ("# terraform apply", false),
            ("echo \"$ terraform apply\" >> out", false),
            ("npm exec wrangler -- deploy --env production", true),
            ("npm exec wrangler -- secret bulk a", false),
            ("cf_command: push -f manifest.yml", true),
            ("cf push app", true),
            ("cf run-task app", false),
            ("python ./deploy.py prod", true),
            ("./bin/deploy-release app production", true),
            ("bash scripts/deploy.sh", true),
            ("python -m pytest tests/test_deploy.py", false),
            ("shellcheck scripts/deploy.sh", false),
            ("cat scripts/deploy.sh", false),
            ("chmod +x deploy.sh", false),
            ("make ci production terraform-apply", true),
            ("make release-deploy ENVIRONMENT=prod", true),
            ("make deploy-docs", false),
            ("npm run deploy", true),
            ("npm run deploy:storybook", false),
            ("npm run deploy-storybook", false),
            ("kubectl apply --dry-run=server -f k8s", false),
            ("ansible-playbook site.yml --check", false),
            ("ansible-playbook -i production site.yml", true),
            ("kubectl diff -f k8s && kubectl apply -f k8s", true),
        ] {
            assert_eq!(deploys_at(command).is_some(), expected, "{command}");
        }
    }

    #[test]
    fn actions_deploy() {
        for (action, expected) in [
            ("acme/argocd-deploy@v1", true),
            ("azure/k8s-deploy@v5", true),
            ("einaregilsson/beanstalk-deploy@v22", true),
            ("actions/deploy-pages@v4", false),
            ("acme/track-deployment@v1", false),
            ("chrnorm/deployment-action@v2", false),
            ("acme/deploy-docs@v1", false),
            ("actions/checkout@v4", false),
        ] {
            assert_eq!(deploys_at(action).is_some(), expected, "{action}");
        }
    }

    #[test]
    fn words_name_production() {
        for (word, expected) in [
            ("production", true),
            ("eu-prod-1", true),
            ("pre-production", false),
            ("non_prod", false),
            ("preprod", false),
            ("products", false),
        ] {
            assert_eq!(is_production(word), expected, "{word}");
        }
    }

    #[test]
    fn inputs_name_what_is_deployed_to() {
        let text = "./.github/workflows/job.yml\nworkspace_name: production\nversion: live\nenvironment: ${{ inputs.a }}";
        assert_eq!(targets(text).collect::<Vec<_>>(), ["production"]);
    }
}
