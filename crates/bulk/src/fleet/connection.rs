//! Connections to the database: encrypted and verified, with a password that is never in an address.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::schema;
use crate::error::Error;
use crate::token::{Origin, Token, hide};

/// The variable that holds the password if no file is named; PostgreSQL's own programs use it, too.
const PASSWORD: &str = "PGPASSWORD";

/// How long a worker waits for a database that is starting.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the database is entered.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Login {
    /// The file that has the password for the database [default: the variable PGPASSWORD, if it is set]
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl Login {
    fn password(&self) -> Result<Option<String>, String> {
        hide(PASSWORD);
        let origin = match &self.password_file {
            Some(path) => Origin::File(path.clone()),
            None if std::env::var_os(PASSWORD).is_some() => Origin::Variable(PASSWORD.to_owned()),
            None => return Ok(None),
        };
        let token = Token {
            host: "the database".to_owned(),
            user: None,
            origin,
            below: String::new(),
        };
        token.value().map(Some)
    }
}

/// An address without the parameters about encryption, which are parsed here.
struct Address {
    config: Config,
    /// The file of certificate authorities for the server.
    authority: Option<PathBuf>,
    is_local: bool,
}

impl Address {
    fn parse(text: &str) -> Result<Self, String> {
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let mut kept = Vec::new();
        let (mut mode, mut authority) = (None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => {
                    authority = Some(PathBuf::from(value.replace("%2F", "/")));
                }
                Some(("password" | "passfile", _)) => return Err(NO_PASSWORD.to_owned()),
                _ => kept.push(pair),
            }
        }
        let query = if kept.is_empty() {
            String::new()
        } else {
            format!("?{}", kept.join("&"))
        };
        let mut config = Config::from_str(&format!("{base}{query}"))
            .map_err(|error| format!("the address of the database is not understood: {error}"))?;
        if config.get_password().is_some() {
            return Err(NO_PASSWORD.to_owned());
        }
        let is_local_host = |host: &Host| match host {
            Host::Tcp(name) => crate::sources::is_loopback(name) || name == "::1",
            Host::Unix(_) => true,
        };
        let is_local = config.get_hosts().iter().all(is_local_host);
        let is_plain = match mode {
            Some("disable") | None if is_local => true,
            Some("verify-full") | None => false,
            Some(_) => {
                return Err(
                    "sslmode is verify-full; disable only where the database is on this machine"
                        .to_owned(),
                );
            }
        };
        config.ssl_mode(if is_plain {
            SslMode::Disable
        } else {
            SslMode::Require
        });
        config
            .connect_timeout(Duration::from_secs(10))
            .keepalives_idle(Duration::from_secs(30));
        config
            .tcp_user_timeout(Duration::from_secs(30))
            .application_name("gonogo-bulk");
        Ok(Self {
            config,
            authority,
            is_local: is_plain,
        })
    }
}

const NO_PASSWORD: &str =
    "an address must not hold a password: name its file by --password-file, or set PGPASSWORD";

/// A database that is connected to when needed, and again after the connection was lost.
pub(crate) struct Database {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    client: Option<Client>,
}

impl Database {
    /// Opens a database that has the current layout.
    pub(crate) fn open(address: &str, login: &Login) -> Result<Self, Error> {
        let mut database = Self::connect(address, login)?;
        schema::check(
            database
                .client()
                .map_err(|error| Error::usage(of(&error)))?,
        )?;
        Ok(database)
    }

    /// Does the same for a worker, which waits if the database is still starting.
    pub(crate) fn open_patiently(address: &str, login: &Login) -> Result<Self, Error> {
        let begin = Instant::now();
        loop {
            let error = match Self::open(address, login) {
                Ok(database) => return Ok(database),
                Err(error) => error,
            };
            // A wrong address stays wrong, but the database does not say of every failure whether it may pass.
            let may_pass = [
                "refused",
                "starting up",
                "terminating",
                "shutting down",
                "closed",
                "reset",
            ];
            let text = error.to_string();
            if begin.elapsed() > PATIENCE || !may_pass.iter().any(|word| text.contains(word)) {
                return Err(error);
            }
            thread::sleep(Duration::from_secs(1));
        }
    }

    /// Opens a database, whatever its layout.
    pub(super) fn connect(address: &str, login: &Login) -> Result<Self, Error> {
        let Address {
            mut config,
            authority,
            is_local,
        } = Address::parse(address).map_err(Error::usage)?;
        if let Some(password) = login.password().map_err(Error::usage)? {
            config.password(password);
        }
        let tls = if is_local {
            None
        } else {
            Some(tls(authority)?)
        };
        let mut database = Self {
            config,
            tls,
            client: None,
        };
        database
            .client()
            .map_err(|error| Error::usage(of(&error)))?;
        Ok(database)
    }

    /// Returns the connection, connecting if necessary.
    pub(super) fn client(&mut self) -> Result<&mut Client, postgres::Error> {
        let open = self.client.take().filter(|client| !client.is_closed());
        let client = match (open, &self.tls) {
            (Some(client), _) => client,
            (None, Some(tls)) => self.config.connect(tls.clone())?,
            (None, None) => self.config.connect(NoTls)?,
        };
        Ok(self.client.insert(client))
    }

    /// Ends the connection; the next use opens another one.
    pub(super) fn drop_connection(&mut self) {
        self.client = None;
    }
}

fn tls(authority: Option<PathBuf>) -> Result<MakeRustlsConnect, Error> {
    let Some(path) = authority else {
        let why = "the database is on another machine: name the certificate authority of its certificate by \
                   ?sslmode=verify-full&sslrootcert=FILE in its address";
        return Err(Error::usage(why));
    };
    let failed = |why: String| Error::store(&path, why);
    let certificates =
        CertificateDer::pem_file_iter(&path).map_err(|error| failed(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates.flatten());
    if roots.is_empty() {
        return Err(failed("there is no certificate in it (PEM)".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| failed(error.to_string()))?;
    Ok(MakeRustlsConnect::new(
        config.with_root_certificates(roots).with_no_client_auth(),
    ))
}

/// Returns what went wrong in the database, in one line.
pub(super) fn of(error: &postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        let hint = match said.code().code() {
            "42501" => ": check the role, and what `gonogo bulk database` grants",
            "3F000" | "42P01" => ": run `gonogo bulk database` first",
            _ => "",
        };
        return format!("the database: {}{hint}", said.message());
    }
    let mut text = format!("the database: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(&format!(": {inner_text}"));
        }
        source = inner.source();
    }
    if text.contains("error connecting to server") {
        text.push_str(": check its address, and whether it runs");
    }
    // The library's own error names are terse.
    for (name, hint) in [
        (
            "UnknownIssuer",
            "no authority in the file that sslrootcert names has signed it",
        ),
        ("Expired", "it has expired, or a clock is wrong"),
    ] {
        if text.ends_with(name) {
            text.truncate(text.len() - name.len());
            text.push_str(hint);
        }
    }
    text.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_to_another_machine_is_verified() {
        let plain = |text: &str| Address::parse(text).map(|address| address.is_local);
        assert_eq!(plain("postgres://me@127.0.0.1:5432/db"), Ok(true));
        assert_eq!(
            plain("postgres://me@127.0.0.1/db?sslmode=verify-full&sslrootcert=ca.pem"),
            Ok(false)
        );
        assert_eq!(
            plain("postgres://me@db.example/db?sslmode=verify-full"),
            Ok(false)
        );
        assert_eq!(plain("postgres://me@db.example/db"), Ok(false));
        for wrong in [
            "postgres://me@db.example/db?sslmode=require",
            "postgres://me@db.example/db?sslmode=disable",
            "postgres://me:word@127.0.0.1/db",
            "postgres://me@127.0.0.1/db?password=word",
        ] {
            let why = plain(wrong).err().unwrap_or_else(|| panic!("{wrong}"));
            assert!(!why.contains("word@") && !why.contains("=word"), "{why}");
        }
    }
}
