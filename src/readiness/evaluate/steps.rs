//! Steps of pipelines, with all that they run.

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
    /// What the action or the workflow of the same repository runs that it uses, and the scripts of packages.
    pub(super) called: String,
    /// The commands of the targets of Make and the recipes of just that it runs. They deploy nothing by themselves: the name of
    /// a target says more.
    pub(super) made: String,
    /// How much of the text is the step's own, and not that of the scripts that it runs.
    own: usize,
}

impl Ran {
    /// The line of a byte of its text; that of the step for what a script does.
    pub(super) fn line_of(&self, byte: usize) -> Place {
        let mut place = self.at.clone();
        if byte <= self.own {
            place.line += super::super::read::line_at(&self.text, byte) - 1;
        }
        place
    }

    /// Whether it deploys, by itself or by what it uses.
    pub(super) fn deploys(&self) -> bool {
        self.deployed_at().is_some()
    }

    /// Where it deploys.
    pub(super) fn deployed_at(&self) -> Option<Place> {
        let own = deploys_at(&self.text).map(|at| self.line_of(at));
        own.or_else(|| deploys_at(&self.called).map(|_| self.at.clone()))
    }

    /// All that it runs.
    pub(super) fn whole(&self) -> String {
        format!("{}\n{}", self.text, self.called)
    }

    /// Whether what it deploys is for production, by its own words.
    pub(super) fn is_for_production(&self) -> bool {
        let mut lines = deploying(&self.text).chain(deploying(&self.called));
        lines.any(|(_, line)| is_production(line))
            || self.is_action && targets(&self.text).any(is_production)
    }

    /// Whether what it deploys to is another environment, or not known.
    pub(super) fn is_for_others(&self) -> bool {
        let lines = deploying(&self.text).chain(deploying(&self.called));
        lines.map(|(_, line)| line).any(names_others)
            || self.is_action && self.deploys() && self.text.lines().skip(1).any(names_others)
    }

    /// Where it first runs what a pattern means: what installs or names a tool runs nothing.
    pub(super) fn found(&self, pattern: &Pattern) -> Option<Place> {
        self.first(|command| pattern.is_in(command))
    }

    /// Where it first runs tests of units, and not only those of the whole program.
    pub(super) fn unit_tests(&self) -> Option<Place> {
        self.first(|command| tests_units(command) && !drives_whole(command))
    }

    /// The first line with a command that is meant, and does more than to prepare something. The jobs of a workflow that it
    /// uses are looked at by themselves.
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

    /// Whether it is a workflow that it uses.
    pub(super) fn uses_workflow(&self) -> bool {
        self.is_action
            && self.text.contains(".github/workflows/")
            && !self.text.contains("/actions/")
    }
}

/// What a step runs.
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

/// Commands that run tests of units.
static UNIT: Pattern = Pattern::new(
    r"\bpytest\b|python -m unittest|manage\.py test|(?:npm|yarn|pnpm|bun)(?: run)? test|(?:^|[\s/&;|\x22])(?:jest|vitest)(?:$|[\s&;|\x22])|\bgo test\b|\bcargo (?:test|nextest)|\brspec\b|\bparallel_(?:rspec|test|cucumber)\b|rails test|\bmvn\b[^\n]*(?:test|verify|install)|gradlew?\b[^\n]*(?:test|check|build)|\bphpunit\b|artisan test|mix test|dotnet test|make test\b|\btox\b|bundle exec rake(?:\s+(?:test|spec|default|ci)\b|\s*$)|nox\b",
);
/// Options by which a build leaves its tests out.
static UNTESTED: Pattern = Pattern::new(
    r"(?:-x|--exclude-task)[ =]:?(?:[\w:-]+:)?(?:test|check)\b|-D(?:skipTests|maven\.test\.skip)(?:=true)?(?:\s|$)|--no-tests?\b|-DskipUnitTests\b",
);

/// Whether a command runs tests of units.
pub(super) fn tests_units(command: &str) -> bool {
    UNIT.is_in(command) && !UNTESTED.is_in(command)
}

/// Commands that bring a test runner, or only name it.
pub(super) static PREPARES: Pattern = Pattern::new(
    r"^\s*(?:(?:if|elif|then|else|do|while|until|!)\s+)*(?:export|echo|printf|grep|egrep|test|which|\[)\s|\b(?:pip[x3]?|npm|pnpm|yarn|bun|npx|gem|apt|apt-get|apk|dnf|brew|poetry|cargo|go|composer|bundle|uv|conda)(?:\s+(?:-\S+|pip|tool|playwright|cypress))*\s+(?:install|add)\b|\b(?:npm|pnpm|yarn|bun)(?: run)? [\w:-]*[:-](?:install|setup|deps|prepare|build|codegen|report)\b|\b(?:playwright|cypress) (?:install|install-deps|verify|cache|show-report)\b",
);
/// Tests that drive the whole program, as its users do.
static WHOLE: Pattern = Pattern::new(
    r"(?i)(?:\b|_)(?:e2e|end[_-]?to[_-]?end|playwright|cypress|selenium|wdio|testcafe)(?:\b|_)",
);
/// Options by which those are left out.
static LEAVES_OUT: Pattern =
    Pattern::new(r"(?i)\b(?:ignore|exclude|skip|deselect|not|without)|!|\bunit\b");

/// Whether a command, or the name of a job, is about tests of the whole program and no others.
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
