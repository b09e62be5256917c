//! `db/sslmode` in the environments of services; the card is with the checks on env files.

use super::{Card, Check, File, Report};
use crate::audit::compose::interpolation::{self, is_unknown};
use crate::audit::env::{SSLMODE, sslmode};

pub(super) struct DbSslmode;

impl Check<File<'_>> for DbSslmode {
    fn card(&self) -> &'static Card {
        &SSLMODE
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            for variable in service.variables("environment") {
                let value = interpolation::with_defaults(&variable.value);
                // An address whose host or settings come from the environment may well require TLS.
                if is_unknown(&value) && !value.contains("sslmode=disable")
                    || !value.contains("://") && value.len() > 16
                {
                    continue;
                }
                let place = variable.place_of(&variable.value, 0, file.text);
                if let Some(sighting) = sslmode(&variable.name, &value, place) {
                    report.add(
                        &SSLMODE,
                        file.sighted(service, variable.via.clone(), sighting),
                    );
                }
            }
        }
    }
}
