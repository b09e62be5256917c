//! `env/self-reference`: a variable that is defined as itself.

use super::{
    Card, Category, Check, Confidence, File, Report, Severity, Sighting, TWELVE_FACTORS, env,
};

pub(super) struct SelfReference;

impl Check<File<'_>> for SelfReference {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for entry in file
            .entries
            .iter()
            .filter(|entry| entry.quote != Some('\'') && names_itself(entry.key, entry.value))
        {
            let message = format!(
                "`{}` is set to itself, so it is empty unless the environment already defines it",
                entry.key
            );
            report.add(
                &CARD,
                file.scaled(Sighting::new(&CARD, entry.span.clone(), message)),
            );
        }
    }
}

fn names_itself(key: &str, value: &str) -> bool {
    let inner = value.trim().strip_prefix('$');
    let braced = inner.and_then(|inner| inner.strip_prefix('{')?.strip_suffix('}'));
    braced.or(inner) == Some(key)
}

static CARD: Card = Card {
    id: "env/self-reference",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Self-referencing variable",
    description: "The line has no effect: if the environment does not already define the variable, its value is empty, \
                  and a program may sign or encrypt with an empty key.",
    remedy: "Remove the line and let the deployment set the variable, or require it where it is used: \
             `${JWT_SECRET:?set it}`.",
    references: &[
        "https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/",
        TWELVE_FACTORS,
    ],
    tags: &["env", "CWE-1188"],
    examples: &[
        env("JWT_SECRET=\"${JWT_SECRET}\" # here\n"),
        env("A=b\nB=$B # here\n"),
    ],
    negatives: &[env(
        "A='${A}'\nB=${A}\nC=${C:-d}\nD=${D:?set it}\nE=x${E}\n",
    )],
};
