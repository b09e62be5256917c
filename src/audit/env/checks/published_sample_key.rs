//! `env/published-sample-key`: a credential that is in published documentation.

use super::{
    Card, Category, Check, Confidence, File, Report, SECRETS, Severity, Sighting, at, env, file,
};
use crate::audit::report::SecretAt;
use crate::lexicon::value;
use crate::model::Secret;

pub(super) struct PublishedSampleKey;

impl Check<File<'_>> for PublishedSampleKey {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.is_sample() {
            return;
        }
        let judged = file.slots.iter().filter_map(|judged| {
            let entry = &file.entries[judged.entry];
            Some((
                entry,
                file::secret_at(entry, &judged.slot),
                judged.published_by?,
            ))
        });
        // Names such as `ANON_KEY` promise nothing, but the value is known.
        let others = file.others().filter(|entry| entry.value.len() >= 24);
        let others = others.filter_map(|entry| {
            let product = value::published_by(entry.value)?;
            let secret = SecretAt {
                value: Secret::new(entry.value.as_bytes()),
                span: entry.span.clone(),
            };
            Some((entry, secret, product))
        });
        for (entry, secret, product) in judged.chain(others) {
            let message = format!(
                "`{}` has the publicly known sample value of {product}",
                entry.key
            );
            let mut sighting = Sighting::new(&CARD, secret.span.clone(), message);
            sighting.secret = Some(secret);
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

static CARD: Card = Card {
    id: "env/published-sample-key",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Publicly known sample credential",
    description: "The value was copied from the published sample of a widely used program: signing keys of this kind \
                  have let attackers log in as administrators (CVE-2023-27524).",
    remedy: "Generate a new one: `openssl rand -base64 48`. Sessions and tokens signed with the old one become \
             invalid.",
    references: &["https://nvd.nist.gov/vuln/detail/CVE-2023-27524", SECRETS],
    tags: &["env", "credential", "CWE-1392", "CWE-798"],
    examples: &[
        env("SUPERSET_SECRET_KEY=thisISaSECRET_1234 # here\n"),
        env("SECRET_KEY='TEST_NON_DEV_SECRET' # here\n"),
    ],
    negatives: &[
        at(
            ".env.example",
            "SUPERSET_SECRET_KEY=thisISaSECRET_1234\n",
            &[],
        ),
        env("SUPERSET_SECRET_KEY=x9Kq7QzL2mWe4Rt6x9Kq7QzL2mWe4Rt6\n"),
    ],
};
