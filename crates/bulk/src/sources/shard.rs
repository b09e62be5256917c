//! A share of all repositories, for schedulers that start the same program several times.

use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::Target;

/// The variables in which schedulers provide the index of a task, with the first index and, if available, the variable
/// with the number of tasks.
const SCHEDULERS: &[(&str, u32, &[&str])] = &[
    ("JOB_COMPLETION_INDEX", 0, &[]),
    ("SLURM_ARRAY_TASK_ID", 0, &["SLURM_ARRAY_TASK_COUNT"]),
    (
        "AWS_BATCH_JOB_ARRAY_INDEX",
        0,
        &["AWS_BATCH_JOB_ARRAY_SIZE"],
    ),
    ("CI_NODE_INDEX", 1, &["CI_NODE_TOTAL"]),
];

/// One of several shares: `I/N`, the first of which is `0/N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) index: u32,
    pub(crate) of: u32,
}

impl FromStr for Shard {
    type Err = String;

    /// Parses `I/N`; or `N`, with the index from a scheduler; or `auto`, with both from it.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text, |name| std::env::var(name).ok())
    }
}

impl Shard {
    fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let wrong = || {
            "write I/N, of which the first is 0/N; or N or `auto` where a scheduler says the rest"
                .to_owned()
        };
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| wrong());
        let (index, of) = if let Some((index, of)) = text.split_once('/') {
            (number(index)?, number(of)?)
        } else {
            let named = SCHEDULERS.iter().find_map(|it| Some((it, variable(it.0)?)));
            let (scheduler, index) = named.ok_or_else(|| {
                let names: Vec<&str> = SCHEDULERS.iter().map(|it| it.0).collect();
                format!(
                    "no scheduler says which share this is (none of {} is set): write I/N",
                    names.join(", ")
                )
            })?;
            // A Slurm array may begin at any index.
            let first = if scheduler.0 == "SLURM_ARRAY_TASK_ID" {
                variable("SLURM_ARRAY_TASK_MIN").map_or(Ok(0), |text| number(&text))?
            } else {
                scheduler.1
            };
            let of = if text == "auto" {
                let total = scheduler.2.iter().find_map(|name| variable(name));
                let total = total.ok_or_else(|| {
                    format!(
                        "{} does not say how many shares there are: write N",
                        scheduler.0
                    )
                })?;
                number(&total)?
            } else {
                number(text)?
            };
            (number(&index)?.checked_sub(first).ok_or_else(wrong)?, of)
        };
        if index >= of {
            return Err(format!(
                "there is no share {index} of {of}: the last one is {}",
                of.saturating_sub(1)
            ));
        }
        Ok(Self { index, of })
    }

    /// Whether a repository is in this share: decided by its identity, so that it stays there when others come and go.
    pub(crate) fn has(self, target: &Target) -> bool {
        let mut hash = Sha256::new();
        hash.update(&target.host);
        hash.update([0]);
        hash.update(&target.provider_id);
        let digest = hash.finalize();
        let number = digest
            .first_chunk()
            .map_or(0, |bytes| u64::from_be_bytes(*bytes));
        number % u64::from(self.of) == u64::from(self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{LOCAL, Place};

    #[test]
    fn each_repository_is_in_one_share() {
        for number in 0..200 {
            let path = format!("/srv/{number}");
            let target = Target {
                host: LOCAL.to_owned(),
                provider_id: path.clone(),
                label: path.clone(),
                place: Place::Folder(path.into()),
                pushed: None,
                is_optional: false,
                parent: None,
                network: None,
            };
            let shares = (0..7).filter(|index| {
                Shard {
                    index: *index,
                    of: 7,
                }
                .has(&target)
            });
            assert_eq!(shares.count(), 1);
        }
    }

    #[test]
    fn schedulers_say_which_share_it_is() {
        let with = |variables: &'static [(&'static str, &'static str)]| {
            move |name: &str| {
                variables
                    .iter()
                    .find(|it| it.0 == name)
                    .map(|it| it.1.to_owned())
            }
        };
        let shard = |index, of| Ok(Shard { index, of });
        assert_eq!(Shard::parse("2/3", with(&[])), shard(2, 3));
        assert_eq!(
            Shard::parse("8", with(&[("JOB_COMPLETION_INDEX", "7")])),
            shard(7, 8)
        );
        let gitlab = with(&[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "4")]);
        assert_eq!(Shard::parse("auto", gitlab), shard(0, 4));
        let slurm = with(&[
            ("SLURM_ARRAY_TASK_ID", "12"),
            ("SLURM_ARRAY_TASK_MIN", "10"),
            ("SLURM_ARRAY_TASK_COUNT", "5"),
        ]);
        assert_eq!(Shard::parse("auto", slurm), shard(2, 5));
        for wrong in ["3/3", "0/0", "x/2", "-1/2", "auto", "4", ""] {
            assert!(Shard::parse(wrong, with(&[])).is_err(), "{wrong}");
        }
        assert!(Shard::parse("auto", with(&[("JOB_COMPLETION_INDEX", "7")])).is_err());
    }
}
