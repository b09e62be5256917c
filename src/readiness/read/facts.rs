//! The list of what code shows: which literal means what, and for which item.
//!
//! A needle is a call or a setting, never a mere word: a reader of the line agrees with what is said of it.

use super::super::Grade;

/// Something that a literal in code shows.
pub(crate) struct Fact {
    /// What evaluators call it.
    pub(crate) name: &'static str,
    /// The item that it shows or refutes; nothing where an evaluator decides.
    pub(crate) item: &'static str,
    /// What it shows.
    pub(crate) grade: Grade,
    /// The literals.
    pub(crate) needles: &'static [&'static str],
    /// What is said of it.
    pub(crate) says: &'static str,
    /// How many are kept of one file.
    pub(crate) most: usize,
    /// Whether the line, and a few after it, mean what the literal promises.
    pub(crate) check: fn(&str) -> bool,
}

fn any(_: &str) -> bool {
    true
}

const fn shows(
    name: &'static str,
    item: &'static str,
    needles: &'static [&'static str],
    says: &'static str,
) -> Fact {
    Fact {
        name,
        item,
        grade: Grade::SetUp,
        needles,
        says,
        most: 1,
        check: any,
    }
}

/// The same, where the line has to pass a test.
const fn shows_where(
    name: &'static str,
    item: &'static str,
    needles: &'static [&'static str],
    says: &'static str,
    check: fn(&str) -> bool,
) -> Fact {
    let mut fact = shows(name, item, needles, says);
    fact.check = check;
    fact
}

const fn refutes(
    name: &'static str,
    item: &'static str,
    needles: &'static [&'static str],
    says: &'static str,
    check: fn(&str) -> bool,
) -> Fact {
    Fact {
        name,
        item,
        grade: Grade::Refuted,
        needles,
        says,
        most: 3,
        check,
    }
}

/// A fact that an evaluator makes something of.
const fn notes(name: &'static str, needles: &'static [&'static str], most: usize) -> Fact {
    Fact {
        name,
        item: "",
        grade: Grade::Nothing,
        needles,
        says: "",
        most,
        check: any,
    }
}

/// The first line of a hit.
fn line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn hashes_password(text: &str) -> bool {
    let line = line(text).to_ascii_lowercase();
    let is_call = [
        "(password",
        "($password",
        "(passwd",
        "(pwd",
        "(req.body.password",
        "(user.password",
    ]
    .iter()
    .any(|argument| line.contains(argument));
    let near = text.to_ascii_lowercase();
    // What is returned or compared may serve one of several formats; what is kept is kept so.
    is_call
        && line.contains('=')
        && !["pwned", "breach", "range/", "etag", "legacy", ".sha1("]
            .iter()
            .any(|word| near.contains(word))
        && !["==", "verify", "compare", "cache"]
            .iter()
            .any(|word| line.contains(word))
}

/// Whether an address of a database leads to another machine: a name without a dot is a container beside this one.
fn is_to_another_host(text: &str) -> bool {
    let line = line(text);
    let is_unclear = [
        "localhost",
        "127.0.0.1",
        "example",
        "${",
        "if ",
        "== ",
        "…",
        "...",
        "echo ",
        "read ",
        "printf",
    ]
    .iter()
    .any(|word| line.contains(word));
    let host = line
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?']).next());
    let host = host.map(|it| it.rsplit('@').next().unwrap_or(it));
    !is_unclear && host.is_none_or(|it| it.contains('.'))
}

/// Whether what is sent may be kept for a while.
fn caches(text: &str) -> bool {
    let near: Vec<_> = text.lines().take(2).collect();
    let near = near.join(" ");
    ["max-age", "immutable", "setCacheControl"]
        .iter()
        .any(|word| near.contains(word))
        && !["no-store", "curl", "fetch(", "max-age=0"]
            .iter()
            .any(|word| near.contains(word))
}

/// Whether a line calls something rather than defining it.
fn is_no_definition(text: &str) -> bool {
    let line = line(text).trim_start();
    ![
        "function ",
        "async ",
        "def ",
        "func ",
        "export ",
        "private ",
        "public ",
        "const ",
        "import ",
    ]
    .iter()
    .any(|word| line.starts_with(word) && line.contains("rateLimit("))
}

/// Whether a line uses a type rather than defining one.
fn is_use(text: &str) -> bool {
    !line(text).trim_start().starts_with("class ")
}

/// Whether a line is at the top level, and not below a condition.
fn is_unconditional(text: &str) -> bool {
    !line(text).starts_with([' ', '\t'])
}

fn allows_credentials(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    [
        "credentials: true",
        "credentials=true",
        "allow_credentials=true",
        "credentials = true",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether a call that makes a token has its secret as a literal.
fn signs_with_literal(text: &str) -> bool {
    let line = line(text);
    let Some(at) = line.find("jwt.sign(").or_else(|| line.find("jwt.encode(")) else {
        return false;
    };
    let call = &line[at..];
    let mut depth = 0_i32;
    let mut second = None;
    for (index, c) in call.char_indices() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            ',' if depth == 1 => {
                second = Some(index + 1);
                break;
            }
            _ => {}
        }
    }
    let Some(second) = second.map(|at| call[at..].trim_start()) else {
        return false;
    };
    let Some(quote) = second.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return false;
    };
    let Some(end) = second[1..].find(quote) else {
        return false;
    };
    second[end + 2..].trim_start().starts_with([',', ')'])
}

fn has_expiry(text: &str) -> bool {
    [
        "expiresIn",
        "\"exp\"",
        "'exp'",
        "exp:",
        "exp =",
        "ExpiresAt",
        "setExpiration",
        "expires_delta",
    ]
    .iter()
    .any(|word| text.contains(word))
}

fn is_secure_cookie(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let has = |name: &str| {
        [": true", "=true", " = true"]
            .iter()
            .any(|value| text.contains(&format!("{name}{value}")))
    };
    has("httponly") && has("secure")
}

/// The facts.
#[rustfmt::skip]
pub(crate) static FACTS: &[Fact] = &[
    shows("identity", "F1", &[
        "passport-openidconnect", "Issuer.discover(", "NextAuth(", "OAuth(app)", "oauth.register(", "mozilla_django_oidc",
        "allauth.socialaccount", "social_django", "OmniAuth::Builder", "config.omniauth ", "oauth2Login(",
        "oidc.NewProvider(", "oauth2.Config{", "AddOpenIdConnect(", "Socialite::driver(", "OIDCStrategy(",
        "passport-google-oauth20", "OAuth2Strategy(", "flask_dance",
    ], "users sign in with OAuth 2.0 or OpenID Connect"),
    shows("second-factor", "F2", &[
        "pyotp.TOTP(", "pyotp.random_base32(", "speakeasy.", "authenticator.generateSecret(", "django_otp", "ROTP::TOTP",
        "totp.Generate(", "totp.Validate(", "webauthn.New(", "generateRegistrationOptions(",
        "webauthn.generate_registration_options(", "allauth.mfa", "devise :two_factor", "two_factor_authenticatable",
        "Fido2Server(", "GoogleAuthenticator(", "Google2FA", "OTPAuth.TOTP(", "generate_registration_options(",
    ], "a second factor is asked for: TOTP or WebAuthn"),
    shows("roles", "F3", &[
        "casbin.", "@casl/ability", "include CanCan::Ability", "include Pundit", "@PreAuthorize(", "@RolesAllowed(",
        "require_role(", "requireRole(", "@Roles(", "hasRole(", "hasAuthority(", "[Authorize(Roles", "permission_classes",
        "@permission_required(", "@admins_only", "authorize!(", "Gate::define(", "requirePermission(",
        "require_permission(", "@roles_required(", "checkPermission(", "check_permission(",
    ], "routes are guarded by roles or permissions"),
    shows("api-keys", "F7", &[
        "rest_framework.authtoken", "HasApiTokens", "class ApiKey(", "class APIKey(", "class ApiToken(", "class APIToken(",
        "class Tokens(", "model ApiKey {", "CREATE TABLE api_keys", "CREATE TABLE \"api_keys\"", "CREATE TABLE personal_access_tokens",
        "createApiKey(", "create_api_key(", "CreateAPIKey(", "CreateApiKey(",
    ], "programs get API keys of their own"),
    shows("circuit-breaker", "F9", &[
        "new CircuitBreaker(", "gobreaker.NewCircuitBreaker(", "pybreaker.CircuitBreaker(", "@CircuitBreaker(",
        "CircuitBreakerRegistry", "CircuitBreakerAsync(", "AddCircuitBreaker(", "@circuit(", "Circuitbox.circuit(",
        "outlierDetection:", "hystrix.Do(",
    ], "calls go through a circuit breaker"),
    Fact { name: "fallback", item: "O4", grade: Grade::SetUp, needles: &[".fallback(", "fallbackMethod =", "fallbackMethod=",
        "FallbackAsync(", "AddFallback("], says: "calls that fail have a fallback", most: 1, check: any },
    Fact { name: "token-expiry", item: "F4", grade: Grade::SetUp, needles: &["jwt.sign(", "jwt.encode(", "ACCESS_TOKEN_LIFETIME",
        "JWT_ACCESS_TOKEN_EXPIRES", "jwt.NewWithClaims(", "Jwts.builder("],
        says: "tokens have an expiry", most: 3,
        check: |text| !signs_with_literal(text)
            && (has_expiry(text) || text.contains("ACCESS_TOKEN_LIFETIME") || text.contains("JWT_ACCESS_TOKEN_EXPIRES")) },
    refutes("token-secret", "F4", &["jwt.sign(", "jwt.encode("], "tokens are signed with a literal secret", signs_with_literal),
    refutes("token-algorithm", "F4", &["algorithm=\"none\"", "algorithm='none'", "algorithms=[\"none\"]", "algorithms: ['none']",
        "algorithms: [\"none\"]"],
        "tokens are accepted without a signature", any),
    Fact { name: "cookies", item: "F5", grade: Grade::SetUp, needles: &["SESSION_COOKIE_SECURE = True", "session_cookie_secure = True",
        "httpOnly: true", "cookie.secure=true", "secure: true,"], says: "session cookies are secure", most: 2,
        check: |text| text.contains("SESSION_COOKIE_SECURE = True") || text.contains("cookie.secure=true") || is_secure_cookie(text) },
    refutes("cookies-open", "F5", &["SESSION_COOKIE_SECURE = False", "SESSION_COOKIE_HTTPONLY = False"],
        "session cookies are sent without protection", |text| !line(text).contains("DEBUG")),
    shows("password-hash", "F6", &[
        "bcrypt.hash(", "bcrypt.hashSync(", "bcrypt.hashpw(", "bcrypt.GenerateFromPassword(", "BCrypt::Password.create(",
        "BCryptPasswordEncoder(", "bcrypt_sha256.", "argon2.hash(", "Argon2PasswordHasher", "argon2id.", "argon2.IDKey(",
        "argon2::", "PasswordHasher(", "has_secure_password", "password_hash(", "BCrypt.HashPassword(", "scrypt.Key(",
        "pwhash.str(", "devise :database_authenticatable", "bcrypt.hash,", "Argon2PasswordEncoder(",
    ], "passwords are hashed with bcrypt, scrypt or Argon2"),
    refutes("password-md5", "F6", &["md5(", "sha1(", "hashlib.md5(", "hashlib.sha1("],
        "passwords are hashed with MD5 or SHA-1", hashes_password),
    shows("field-encryption", "G3", &[
        "EncryptedCharField(", "EncryptedTextField(", "encrypted_fields", "has_encrypted ", "encrypts :", "attr_encrypted ",
        "EncryptedType(", "StringEncryptedType(", "@Convert(converter = Encrypt", "prisma-field-encryption", "transit/encrypt/",
        "createEncryptionPlugin(", "mongoose-encryption",
    ], "columns are encrypted by the application"),
    shows("audit-log", "M5", &[
        "auditlog.register(", "HistoricalRecords(", "has_paper_trail", "pgaudit", "CREATE TABLE audit_log",
        "CREATE TABLE \"audit_log", "model AuditLog {", "class AuditLog(", "class AuditLogEntry(", "createAuditLog(",
        "create_audit_log(", "CREATE TABLE IF NOT EXISTS audit_log",
    ], "who changed what is recorded"),
    notes("erasure", &["delete_account(", "deleteAccount(", "delete-account", "delete_user_account(", "deleteMyAccount(", "deactivate_account("], 1),
    notes("export", &["export_user_data(", "exportUserData(", "data-export", "export_account(", "user_data_export", "exportAccount(", "DataExport"], 1),
    shows("consent", "M3", &[
        "CookieConsent.run(", "cookieconsent.initialise(", "window.cookieconsent", "react-cookie-consent", "klaro.setup(",
        "tarteaucitron.init(", "vue-cookie-law", "Cookiebot", "@osano/", "vanilla-cookieconsent",
    ], "consent is asked for"),
    notes("tracker", &["googletagmanager.com/gtag/js", "googletagmanager.com/gtm.js", "google-analytics.com/analytics.js",
        "connect.facebook.net/en_US/fbevents.js"], 1),
    shows("metrics", "I2", &[
        "promhttp.Handler(", "from \"prom-client\"", "require('prom-client')", "require(\"prom-client\")", "from 'prom-client'",
        "start_http_server(", "generate_latest(", "make_asgi_app(", "Instrumentator(", "django_prometheus", "PrometheusMetrics(",
        "Prometheus::Middleware", "MapMetrics(", "PrometheusMeterRegistry", "PrometheusBuilder::new(", "MapPrometheusScrapingEndpoint(",
        "prometheus.MustRegister(", "promauto.New", "Yabeda", "PrometheusExporter(", "express-prom-bundle",
    ], "the program exposes metrics for Prometheus"),
    shows("business-metrics", "I10", &[
        "new Counter({", "promauto.NewCounter", "Counter.builder(", "prometheus.NewCounterVec(", "new client.Counter(",
    ], "the program counts events of its own"),
    shows("apm", "I3", &[
        "newrelic.agent.initialize(", "require('newrelic')", "require(\"newrelic\")", "tracer.init(", "dd-trace/init", "ddtrace.patch",
        "ddtrace-run", "elasticapm.contrib", "elastic-apm-node", "Datadog.configure", "newrelic.NewApplication(", "scoutapm",
        "-javaagent:/newrelic", "dd-java-agent.jar", "applicationinsights", "Skylight",
    ], "an APM agent is loaded"),
    shows("structured-logs", "I4", &[
        "winston.createLogger(", "createLogger({", "pino(", "structlog.configure(", "JsonFormatter(", "JSONFormatter{", "zap.NewProduction(",
        "zerolog.New(", "slog.NewJSONHandler(", "LogstashEncoder", "lograge.enabled = true", "JsonFormatter\"", "CompactJsonFormatter",
        "tracing_subscriber::fmt().json", "bunyan.createLogger(", "SemanticLogger", "jsonlogger.JsonFormatter",
    ], "logs are structured"),
    shows("error-tracking", "I5", &[
        "Sentry.init(", "sentry_sdk.init(", "sentry.Init(", "sentry::init(", "Sentry.init do", "SentrySdk.Init(", "UseSentry(",
        "Rollbar.configure", "rollbar.init(", "new Rollbar(", "Bugsnag.start(", "Bugsnag.configure", "bugsnag.configure(",
        "Honeybadger.configure", "Raven.config(", "airbrake.NewNotifier",
    ], "errors are sent to a tracker"),
    shows("tracing", "I6", &[
        "new NodeSDK(", "TracerProvider(", "otel.SetTracerProvider(", "OpenTelemetry::SDK.configure", "AddOpenTelemetry(",
        "NodeTracerProvider(", "opentelemetry-instrument ", "opentelemetry-javaagent.jar", "initTracer(", "jaeger.New(",
        "opentelemetry_otlp::", "registerOTel(", "opentelemetry.instrumentation", "config.NewTracer(",
    ], "requests are traced with OpenTelemetry or Jaeger"),
    Fact { name: "shutdown", item: "H6", grade: Grade::SetUp, needles: &["SIGTERM"], says: "the process handles SIGTERM", most: 1,
        check: |text| { let line = line(text); ["process.on(", "process.once(", "signal.Notify(", "signal.signal(", "add_signal_handler(",
            "trap ", "Signal.trap", "SignalKind", "NotifyContext(", "pcntl_signal("].iter().any(|call| line.contains(call)) } },
    shows("shutdown-server", "H6", &["server.shutdown=graceful", "enableShutdownHooks(", "shutdown: graceful", "with_graceful_shutdown("],
        "the server shuts down gracefully"),
    shows_where("sessions", "D2", &[
        "connect-redis", "RedisStore(", "django.contrib.sessions.backends.cache", "spring.session.store-type=redis", "EnableRedisHttpSession",
        "SESSION_DRIVER=redis", "SESSION_TYPE = \"redis\"", "SESSION_TYPE = 'redis'", ":redis_session_store", "redis_session_store",
        "redistore.NewRediStore(", "RedisSessionInterface", "session_store :redis_store",
    ], "sessions are kept in Redis", is_use),
    refutes("sessions-memory", "D2", &["session.MemoryStore(", "memorystore(session)"], "sessions are kept in the memory of one process", any),
    shows("cache", "D3", &[
        "@Cacheable(", "Rails.cache.fetch(", "cache.get_or_set(", "@cache_page(", "cache_page(", "django_redis.cache.RedisCache",
        "django.core.cache.backends", "Cache::remember(", "cache.memoize(", "@cache.memoize(", "@cache.cached(", "new NodeCache(",
        "new LRUCache(", "new LRU(", "ristretto.NewCache(", "bigcache.New", "config.cache_store = :redis_cache_store", "cacheManager.",
        "CacheModule.register", "IMemoryCache", "AddStackExchangeRedisCache(",
    ], "the application caches"),
    Fact { name: "http-cache", item: "D4", grade: Grade::SetUp, needles: &["Cache-Control", "cache-control", "setCacheControl("],
        says: "responses have cache headers", most: 1, check: caches },
    shows("headers", "E5", &[
        "helmet(", "SECURE_HSTS_SECONDS", "django.middleware.security.SecurityMiddleware", "Talisman(", "secureheaders", "SecureHeaders::",
        "UseHsts(", "secure.New(", "@fastify/helmet", "config.force_ssl = true", "contentSecurityPolicy(", "content_security_policy do",
    ], "security headers are set"),
    refutes("headers-off", "E5", &["contentSecurityPolicy: false", "csrf().disable()", "csrf.disable()", "CSRF_ENABLED = False",
        "WTF_CSRF_ENABLED = False"], "protection is switched off", any),
    Fact { name: "origins", item: "E6", grade: Grade::SetUp, says: "CORS allows a list of origins", most: 1,
        check: |text| !text.contains("\"*\"") && !text.contains("'*'"), needles: &["CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST", "cors({ origin: [", "WithOrigins(", "allowedOrigins(", "AllowOrigins:",
        "AllowedOrigins:", "allow_origins=settings", "cors({ origin: process.env"] },
    refutes("origins-any", "E6", &["allow_origins=[\"*\"]", "allow_origins=['*']", "origin: \"*\"", "origin: '*'", "origin: true"],
        "CORS lets every origin in with credentials", allows_credentials),
    refutes("origins-all", "E6", &["CORS_ALLOW_ALL_ORIGINS = True", "CORS_ORIGIN_ALLOW_ALL = True"], "CORS lets every origin in", is_unconditional),
    Fact { name: "rate-limit", item: "E12", grade: Grade::SetUp, says: "requests are limited", most: 1, check: is_no_definition, needles: &[
        "rateLimit({", "rateLimit(", "RateLimiterRedis(", "slowapi", "Rack::Attack.throttle", "flask_limiter", "@ratelimit(",
        "@limiter.limit(", "DEFAULT_THROTTLE_RATES", "throttle_classes", "ThrottlerModule", "@Throttle(", "bucket4j",
        "limiter.New(", "rate.NewLimiter(", "@fastify/rate-limit", "RateLimiter::for(", "'throttle:", "\"throttle:", "tower_governor", "AddRateLimiter(",
        "limit_req zone", "throttle_login", "ratelimit(method",
    ] },
    shows("captcha", "E13", &["recaptcha/api/siteverify", "hcaptcha.com/siteverify", "turnstile/v0/siteverify", "api.hcaptcha.com/siteverify",
        "verify_recaptcha", "NOCAPTCHA"], "a CAPTCHA is verified on the server"),
    shows("features", "O2", &["OpenFeature.", "LDClient(", "launchdarkly", "ldclient.", "initializeUnleash", "UnleashClient(", "Unleash(",
        "Flipper.enabled?", "flag_is_active(", "new GrowthBook(", "Flagsmith(", "posthog.isFeatureEnabled(", "posthog.feature_enabled("],
        "features are behind flags"),
    shows("analytics", "O3", &["posthog.capture(", "posthog.init(", "mixpanel.track(", "amplitude.track(", "new GrowthBook(", "analytics.track(",
        "plausible.io/js", "matomo.js"], "events are sent to analytics"),
    shows("pool", "C4", &[
        "pool_size=", "connection_limit=", "maximum-pool-size", "new Pool(", "SetMaxOpenConns(", "pgxpool.New",
        "HikariConfig(", "mysql.createPool(", "createPool({", "PgPoolOptions::new(", "r2d2::Pool<", "Pool::builder(", "QueuePool", "SQLALCHEMY_ENGINE_OPTIONS",
        "AsyncConnectionPool(", "ConnectionPool(", "SQLALCHEMY_POOL_SIZE", "asyncpg.create_pool(", "pool: <%=", "DB_POOL", "pool_recycle",
    ], "connections are pooled"),
    shows("database-tls", "C11", &["sslmode=verify-full", "sslmode=verify-ca", "sslMode=VERIFY_IDENTITY", "sslmode: verify-full"],
        "the certificate of the database is verified"),
    refutes("database-plain", "C11", &["sslmode=disable", "sslmode: disable"], "the connection to the database does without TLS",
        is_to_another_host),
    notes("database-driver", &["psycopg2", "psycopg\"", "asyncpg", "pymysql", "mysqlclient", "sqlalchemy", "django.db.backends.postgresql",
        "django.db.backends.mysql", "@prisma/client", "pg.Pool(", "mysql2", "mongoose.connect(", "sequelize", "typeorm", "gorm.io/driver",
        "lib/pq", "jackc/pgx", "diesel::pg", "sqlx::", "ActiveRecord::Base", "ApplicationRecord", "JpaRepository", "Npgsql", "DB::table("], 1),
    notes("route", &["/health", "/healthz", "/readyz", "/livez", "/ready\"", "/ready'", "/ping\"", "/ping'", "/healthcheck", "/_health", "/up\"", "health_check",
        "actuator/health", "/-/healthy", "/heartbeat", "HealthCheckResource", "MapHealthChecks(", "\"health/\"", "'health/'"], 4),
    notes("sync", &["synchronize: true", "ddl-auto: update", "ddl-auto=update", "ddl-auto: create", "ddl-auto=create", ".AutoMigrate(",
        "--accept-data-loss", "prisma db push"], 2),
    notes("next-image", &["next/image", "CDN_URL", "AWS_CLOUDFRONT", "CLOUDFRONT_", "cloudfront.net", "CDN_HOST", "asset_host"], 1),
    notes("oidc-settings", &["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OIDC_ISSUER", "OAUTH2_CLIENT_ID",
        "GOOGLE_CLIENT_ID", "KEYCLOAK_CLIENT_ID", "OIDC_RP_CLIENT_ID", "GITHUB_CLIENT_ID", "OAUTH_CLIENT"], 1),
    notes("routes", &["@app.get(", "@app.post(", "@app.put(", "@app.delete(", "@app.patch(", "@router.get(", "@router.post(", "@router.put(",
        "@router.delete(", "@router.patch(", "app.get(\"", "app.post(\"", "app.put(\"", "app.delete(\"", "app.patch(\"", "app.get('", "app.post('",
        "app.put('", "app.delete('", "app.patch('"], 200),
];

/// What settings, scripts and schemas show, too; all other facts are those of programs.
const OF_SETTINGS: &[&str] = &[
    "shutdown",
    "shutdown-server",
    "sync",
    "pool",
    "database-plain",
    "database-tls",
    "circuit-breaker",
    "sessions",
    "oidc-settings",
    "audit-log",
    "api-keys",
    "database-driver",
];

/// Whether a fact may be shown by a file that is no program.
pub(crate) fn is_of_settings(fact: usize) -> bool {
    OF_SETTINGS.contains(&FACTS[fact].name)
}

/// The number of the fact with this name.
pub(crate) fn number(name: &str) -> Option<usize> {
    FACTS.iter().position(|fact| fact.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_secret_is_told_from_one_that_is_read() {
        let check = |line: &str, expected: bool| {
            assert_eq!(signs_with_literal(line), expected, "{line}");
        };
        let literal = concat!(
            "jwt.encode({\"sub\": a, \"b\": f(1, 2)}, ",
            "\"word\", algorithm=\"HS256\")"
        );
        check(literal, true);
        check(
            "jwt.sign({ sub }, process.env.KEY, { expiresIn: \"1h\" })",
            false,
        );
        check("jwt.sign(payload, 'x' + salt)", false);
        check("jwt.sign(payload,", false);
    }

    #[test]
    fn facts_have_different_names_and_needles() {
        for (at, fact) in FACTS.iter().enumerate() {
            assert_eq!(number(fact.name), Some(at), "{}", fact.name);
            assert!(!fact.needles.is_empty());
        }
    }
}
