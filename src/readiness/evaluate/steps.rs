//! Steps of pipelines, with everything that they run.

use super::View;
use super::deploys::{deploying, deploys_at, is_production, names_others, targets};
use crate::readiness::ledger::Place;
use crate::readiness::read::is_comment;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::{Job, Step, expanded, swallows_failure};

/// A step, with the commands of the scripts that it runs.
pub(super) struct Ran {
    /// Where it is.
    pub(super) at: Place,
    /// Its commands, or its action.
    pub(super) text: String,
    /// Whether it may fail.
    pub(super) may_fail: bool,
    pub(super) is_action: bool,
    /// The commands of the action or workflow of the same repository that it uses, and of package scripts.
    pub(super) called: String,
    /// The commands of the Make targets and just recipes that it runs. They do not count as deployments: the name of a
    /// target says more.
    pub(super) made: String,
    /// How many bytes of the text are the step's own, before those of the scripts that it runs.
    own: usize,
}

impl Ran {
    /// Returns the place of a byte of its text; for a script's text, the place of the step.
    pub(super) fn line_of(&self, byte: usize) -> Place {
        let mut place = self.at.clone();
        if byte <= self.own {
            place.line += super::super::read::line_at(&self.text, byte) - 1;
        }
        place
    }

    /// Whether it deploys, by itself or with what it uses.
    pub(super) fn deploys(&self) -> bool {
        self.deployed_at().is_some()
    }

    /// Returns where it deploys, if it does.
    pub(super) fn deployed_at(&self) -> Option<Place> {
        let own = deploys_at(&self.text).map(|at| self.line_of(at));
        own.or_else(|| deploys_at(&self.called).map(|_| self.at.clone()))
    }

    /// Returns everything that it runs, except Make targets and just recipes.
    pub(super) fn whole(&self) -> String {
        format!("{}\n{}", self.text, self.called)
    }

    /// Whether its commands or inputs say that it deploys to production.
    pub(super) fn is_for_production(&self) -> bool {
        let mut lines = deploying(&self.text).chain(deploying(&self.called));
        lines.any(|(_, line)| is_production(line))
            || self.is_action && targets(&self.text).any(is_production)
    }

    /// Whether it deploys to another environment, or to an unknown one.
    pub(super) fn is_for_others(&self) -> bool {
        let lines = deploying(&self.text).chain(deploying(&self.called));
        lines.map(|(_, line)| line).any(names_others)
            || self.is_action && self.deploys() && self.text.lines().skip(1).any(names_others)
    }

    /// Returns where it first runs a command that matches; a command that only installs or names a tool does not count.
    pub(super) fn found(&self, pattern: &Pattern) -> Option<Place> {
        self.first(|command| pattern.is_in(command))
    }

    /// Returns where it first runs unit tests, and not only tests of the whole program.
    pub(super) fn unit_tests(&self) -> Option<Place> {
        self.first(|command| tests_units(command) && !drives_whole(command))
    }

    /// Returns the first line with a matching command that does more than prepare something. The jobs of a workflow
    /// that it uses are evaluated separately.
    pub(super) fn first(&self, is_meant: impl Fn(&str) -> bool) -> Option<Place> {
        let is_meant = |line: &str| {
            let mut commands = line.split(['&', ';', '|']);
            !is_comment(line) && commands.any(|it| is_meant(it) && !PREPARES.is_in(it))
        };
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            if is_meant(line) {
                return Some(self.line_of(at));
            }
            at += line.len();
        }
        let called = self.called.lines().filter(|_| !self.uses_workflow());
        let mut called = called.chain(self.made.lines());
        called.any(is_meant).then(|| self.at.clone())
    }

    /// Whether it uses a workflow rather than an action.
    pub(super) fn uses_workflow(&self) -> bool {
        self.is_action
            && self.text.contains(".github/workflows/")
            && !self.text.contains("/actions/")
    }
}

/// Returns a step with everything that it runs.
pub(super) fn expand(view: &View<'_>, job: &Job, step: &Step) -> Ran {
    let repository = view.corpus.files[job.file].repository;
    Ran {
        at: view.corpus.line(job.file, step.line),
        text: expanded(view.corpus, repository, &step.text),
        may_fail: step.may_fail || job.may_fail || swallows_failure(&step.text),
        is_action: step.is_action,
        called: expanded(view.corpus, repository, &step.called),
        made: expanded(view.corpus, repository, &step.made),
        own: step.text.len(),
    }
}

/// Commands that run unit tests.
static UNIT: Pattern = Pattern::new(
    r"\bpytest\b|python -m unittest|manage\.py test|(?:npm|yarn|pnpm|bun)(?: run)? test|(?:^|[\s/&;|\x22])(?:jest|vitest)(?:$|[\s&;|\x22])|\bgo test\b|\bcargo (?:test|nextest)|\brspec\b|\bparallel_(?:rspec|test|cucumber)\b|rails test|\bmvn\b[^\n]*(?:test|verify|install)|gradlew?\b[^\n]*(?:test|check|build)|\bphpunit\b|artisan test|mix test|dotnet test|make test\b|\btox\b|bundle exec rake(?:\s+(?:test|spec|default|ci)\b|\s*$)|nox\b",
);
/// Options with which a build skips its tests.
static UNTESTED: Pattern = Pattern::new(
    r"(?:-x|--exclude-task)[ =]:?(?:[\w:-]+:)?(?:test|check)\b|-D(?:skipTests|maven\.test\.skip)(?:=true)?(?:\s|$)|--no-tests?\b|-DskipUnitTests\b",
);

/// Whether a command runs unit tests.
pub(super) fn tests_units(command: &str) -> bool {
    UNIT.is_in(command) && !UNTESTED.is_in(command)
}

/// Commands that install a test runner, or only name it.
pub(super) static PREPARES: Pattern = Pattern::new(
    r"^\s*(?:(?:if|elif|then|else|do|while|until|!)\s+)*(?:export|echo|printf|grep|egrep|test|which|\[)\s|\b(?:pip[x3]?|npm|pnpm|yarn|bun|npx|gem|apt|apt-get|apk|dnf|brew|poetry|cargo|go|composer|bundle|uv|conda)(?:\s+(?:-\S+|pip|tool|playwright|cypress))*\s+(?:install|add)\b|\b(?:npm|pnpm|yarn|bun)(?: run)? [\w:-]*[:-](?:install|setup|deps|prepare|build|codegen|report)\b|\b(?:playwright|cypress) (?:install|install-deps|verify|cache|show-report)\b",
);
/// Tests that drive the whole program, as its users do.
static WHOLE: Pattern = Pattern::new(
    r"(?i)(?:\b|_)(?:e2e|end[_-]?to[_-]?end|playwright|cypress|selenium|wdio|testcafe)(?:\b|_)",
);
/// Words that show that such tests are skipped.
static LEAVES_OUT: Pattern =
    Pattern::new(r"(?i)\b(?:ignore|exclude|skip|deselect|not|without)|!|\bunit\b");

/// Whether a command or the name of a job is about tests of the whole program only.
pub(super) fn drives_whole(text: &str) -> bool {
    WHOLE.is_in(text) && !LEAVES_OUT.is_in(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_may_leave_their_tests_out() {
        for (command, expected) in [
            ("./gradlew build", true),
            ("./gradlew build -x test", false),
            ("./gradlew :api:build -x :api:test", false),
            ("mvn -B install -DskipTests", false),
            ("mvn -B install -Dmaven.test.skip=true", false),
            ("mvn verify -DskipTests=false", true),
            ("mvn verify", true),
        ] {
            assert_eq!(tests_units(command), expected, "{command}");
        }
    }
}
