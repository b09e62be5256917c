//! Settings that disable authentication in images.

use crate::audit::mysql::skips_grant_tables;
use crate::audit::yaml::Value;

use super::interpolation::with_defaults;
use super::service::Service;

/// Returns how a variable with this value disables authentication, if it does; worded to follow its name in a message.
pub(super) fn open_variable(service: &Service, name: &str, value: &str) -> Option<&'static str> {
    open_among(
        &|is_wanted| service.has_variable(|name, value| is_wanted(name, value)),
        name,
        value,
    )
}

/// Returns whether another variable beside this one has such a name and value.
pub(in crate::audit) type Beside<'b> = &'b dyn Fn(&dyn Fn(&str, &str) -> bool) -> bool;

/// Returns the same for a container of any format; `any` knows its other variables.
pub(in crate::audit) fn open_among(
    any: Beside<'_>,
    name: &str,
    value: &str,
) -> Option<&'static str> {
    let is_on = ["true", "yes", "1", "on"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word));
    let is_off = ["false", "no", "0", "off"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word));
    let upper = name.to_ascii_uppercase();
    let opens = match upper.as_str() {
        "POSTGRES_HOST_AUTH_METHOD" if value.eq_ignore_ascii_case("trust") => {
            "accepts every database connection without a password"
        }
        "MYSQL_ALLOW_EMPTY_PASSWORD"
        | "MYSQL_ALLOW_EMPTY_ROOT_PASSWORD"
        | "MARIADB_ALLOW_EMPTY_PASSWORD"
        | "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD"
            if is_on && !has_password(any, true) =>
        {
            "allows an empty password for root"
        }
        // The scripts of both images only check that the value is not empty.
        "MYSQL_ALLOW_EMPTY_PASSWORD" | "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD"
            if is_off && !has_password(any, true) =>
        {
            "allows an empty password for root: the image takes any value for yes"
        }
        "ALLOW_EMPTY_PASSWORD" if is_on && !has_password(any, false) => "allows an empty password",
        "CLICKHOUSE_SKIP_USER_SETUP" if is_on => {
            "lets the user `default` of ClickHouse in from anywhere without a password"
        }
        "CASSANDRA_AUTHENTICATOR" if value == "AllowAllAuthenticator" => {
            "runs Cassandra without authentication"
        }
        "ALLOW_ANONYMOUS_LOGIN" | "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED" if is_on => {
            "accepts anonymous clients"
        }
        "XPACK.SECURITY.ENABLED" | "XPACK_SECURITY_ENABLED" if is_off => {
            "runs Elasticsearch with its security features disabled"
        }
        "PLUGINS.SECURITY.DISABLED" | "DISABLE_SECURITY_PLUGIN" if is_on => {
            "runs OpenSearch with its security plugin disabled"
        }
        "NEO4J_AUTH" if value == "none" => "runs Neo4j without authentication",
        "NEO4J_DBMS_SECURITY_AUTH__ENABLED" if is_off => "runs Neo4j without authentication",
        "GF_AUTH_ANONYMOUS_ENABLED" if is_on && makes_admins(any) => {
            "gives anonymous visitors of Grafana the administrator role"
        }
        "TRAEFIK_API_INSECURE" if is_on => "exposes Traefik's API without authentication",
        "JUPYTER_TOKEN" if value.is_empty() => "runs Jupyter without authentication",
        "FB_NOAUTH"
        | "FLOWER_UNAUTHENTICATED_API"
        | "VNC_NO_PASSWORD"
        | "ARANGO_NO_AUTH"
        | "SURREAL_UNAUTHENTICATED"
            if is_on =>
        {
            "runs without authentication"
        }
        "ME_CONFIG_BASICAUTH" | "INFLUXDB_HTTP_AUTH_ENABLED" | "PGADMIN_CONFIG_SERVER_MODE"
            if is_off =>
        {
            "runs without authentication"
        }
        _ => return None,
    };
    Some(opens)
}

/// Whether some variable sets a password, so that an empty one is not used: one for root, if another user's password
/// would not protect it.
fn has_password(any: Beside<'_>, of_root: bool) -> bool {
    any(&|name, value| {
        let is_about = name.contains("ALLOW");
        let ends = ["PASSWORD", "PASSWORD_FILE", "PASSWORD_HASH"];
        let is_password = ends.iter().any(|end| name.ends_with(end));
        is_password && !is_about && !value.is_empty() && (!of_root || name.contains("ROOT"))
    })
}

fn makes_admins(any: Beside<'_>) -> bool {
    any(&|name, value| {
        name == "GF_AUTH_ANONYMOUS_ORG_ROLE" && with_defaults(value).eq_ignore_ascii_case("admin")
    })
}

/// Returns the scalar of a command with a flag that disables authentication, and what the flag does.
pub(super) fn flag_in(command: Value<'_>) -> Option<(Value<'_>, &'static str)> {
    let whole = command.text().is_some().then_some(command);
    let mut scalars = whole.into_iter().chain(command.items());
    scalars.find_map(|scalar| {
        let text = with_defaults(scalar.text()?);
        let mut words = text.split_ascii_whitespace();
        words.find_map(opens).map(|what| (scalar, what))
    })
}

fn opens(word: &str) -> Option<&'static str> {
    let (flag, value) = word.split_once('=').unwrap_or((word, "true"));
    let value = value.trim_matches(['"', '\'']);
    let is_on = value.eq_ignore_ascii_case("true");
    Some(match flag {
        "--api.insecure" if is_on => "exposes Traefik's API without authentication",
        _ if skips_grant_tables(word) => "requires no password",
        "--NotebookApp.token" | "--ServerApp.token" | "--IdentityProvider.token"
            if value.is_empty() =>
        {
            "runs Jupyter without authentication"
        }
        "--noauth" => "runs without authentication",
        "--auth" if value == "none" => "runs without authentication",
        _ => return None,
    })
}
