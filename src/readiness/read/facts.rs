//! The list of what code shows: which literal means what, and for which item.
//!
//! A needle is a call or a setting, never a mere word, so that a reader of the line agrees with the claim.

use super::super::Grade;
use super::lines::{
    allows_credentials, any, caches, deletes, falls_back, guards, has_expiry, has_short_lifetime,
    hashes_password, is_call, is_for_all_paths, is_no_import, is_of_a_person, is_of_cache,
    is_second_factor, is_secure_cookie, is_to_another_host, is_unconditional,
    is_unconditional_value, is_use, keeps, limits, line, lists_origins, pools, sets_header,
    signs_in, signs_with_literal,
};

/// Something that a literal in code shows.
pub(crate) struct Fact {
    /// The name that evaluators use.
    pub(crate) name: &'static str,
    /// The item that it shows or refutes; empty if an evaluator decides.
    pub(crate) item: &'static str,
    /// What it shows.
    pub(crate) grade: Grade,
    /// The literals.
    pub(crate) needles: &'static [&'static str],
    /// The claim in words.
    pub(crate) says: &'static str,
    /// How many hits are kept per file.
    pub(crate) most: usize,
    /// Whether the line and a few after it mean what the literal suggests.
    pub(crate) check: fn(&str) -> bool,
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

/// The same, if the line passes a test.
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

/// A fact that an evaluator interprets.
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

/// Settings that limit how long a call to another service may take.
#[rustfmt::skip]
const TIMEOUTS: &[&str] = &[
    "AbortSignal.timeout(", "http.Client{Timeout", "open_timeout", "read_timeout", "setReadTimeout(", "setConnectTimeout(",
    "connectTimeout(", "responseTimeout(", "ReadTimeoutHandler(", "recv_timeout:", "REQUEST_TIMEOUT", "request_timeout",
    "requestTimeout", "httpx.Timeout(", "CURLOPT_TIMEOUT,", "->timeout(",
];

/// Calls that register a `WebAuthn` credential, as a second factor or in place of a password.
const PASSKEYS: &[&str] = &[
    "webauthn.New(",
    "generateRegistrationOptions(",
    "generate_registration_options(",
    "Fido2Server(",
];

/// The facts.
#[rustfmt::skip]
pub(crate) static FACTS: &[Fact] = &[
    shows("identity", "F1", &[
        "passport-openidconnect", "Issuer.discover(", "NextAuth(", "OAuth(app)", "oauth.register(", "mozilla_django_oidc",
        "allauth.socialaccount", "social_django", "OmniAuth::Builder", "config.omniauth ", "oauth2Login(",
        "oidc.NewProvider(", "oauth2.Config{", "AddOpenIdConnect(", "Socialite::driver(", "OIDCStrategy(",
        "passport-google-oauth20", "OAuth2Strategy(", "flask_dance", "Doorkeeper.configure", "config :ueberauth", "plug Ueberauth",
        "oauth2ResourceServer(", ".authlib(", "GoogleProvider(", "KeycloakProvider(", "AzureADProvider(", "betterAuth(",
        "omniauth_providers", "config.omniauth(", "oauth2Client(", "OIDCAuthenticationBackend", "AddMicrosoftIdentityWebApp(",
        "provider :openid_connect", "provider :google_oauth2", "oauth2ResourceServer {", "oauth2Client {", "oauth2Login {",
    ], "users sign in with OAuth 2.0 or OpenID Connect"),
    shows("second-factor", "F2", &[
        "pyotp.TOTP(", "pyotp.random_base32(", "speakeasy.", "authenticator.generateSecret(", "django_otp", "ROTP::TOTP",
        "totp.Generate(", "totp.Validate(", "allauth.mfa", "devise :two_factor", "two_factor_authenticatable",
        "GoogleAuthenticator(", "Google2FA", "OTPAuth.TOTP(",
        "TwoFactorAuthenticatable", "has_one_time_password", "NimbleTOTP.otpauth_uri(", "Features::twoFactorAuthentication",
    ], "a second factor is asked for: TOTP or WebAuthn"),
    shows_where("second-key", "F2", PASSKEYS, "a second factor is asked for: WebAuthn", is_second_factor),
    Fact { name: "passkeys", item: "F2", grade: Grade::Said, needles: PASSKEYS, most: 1, check: |text| !is_second_factor(text),
        says: "passkeys can be registered; that they are asked for beside a password is not shown" },
    Fact { name: "roles", item: "F3", grade: Grade::SetUp, most: 4, check: guards, says: "routes are guarded by roles or permissions", needles: &[
        "casbin.", "@casl/ability", "include CanCan::Ability", "include Pundit", "@PreAuthorize(", "@RolesAllowed(",
        "require_role(", "requireRole(", "@Roles(", "hasRole(", "hasAuthority(", "[Authorize(Roles", "permission_classes",
        "@permission_required(", "@admins_only", "authorize!(", "Gate::define(", "requirePermission(",
        "require_permission(", "PunditPolicy", "Bodyguard.permit", "Bodyguard.Plug.Authorize", "@roles_required(", "checkPermission(", "check_permission(",
        "load_and_authorize_resource", "policy_scope(", "$this->authorize(", "denyAccessUnlessGranted(", "IsGranted(", "@Secured(",
        "PermissionRequiredMixin", "UserPassesTestMixin", "@user_passes_test(", "before_action :require_admin", "requireAdmin(",
        "before_action :authenticate_admin", "@user_has_permission(", "before_action :authorize",
    ] },
    shows("api-keys", "F7", &[
        "class ApiKey(", "class APIKey(", "class ApiToken(", "class APIToken(",
        "class Tokens(", "model ApiKey {", "CREATE TABLE api_keys", "CREATE TABLE \"api_keys\"", "CREATE TABLE personal_access_tokens",
        "createApiKey(", "create_api_key(", "CreateAPIKey(", "CreateApiKey(",
        "create_table :api_keys", "create_table \"api_keys\"", "create_table :api_tokens", "create_table \"api_tokens\"",
        "Schema::create('personal_access_tokens'", "create table(:api_keys", "create table(:api_tokens", "AbstractAPIKey", "model ApiToken {",
    ], "programs get API keys of their own"),
    notes("api-keys-installed", &["rest_framework.authtoken", "HasApiTokens", "'rest_framework_api_key'", "\"rest_framework_api_key\"",
        "'knox'", "\"knox\""], 1),
    notes("api-keys-used", &["TokenAuthentication", "obtain_auth_token", "ObtainAuthToken", "Token.objects.", "auth:sanctum", "auth:api",
        "->createToken(", "tokenCan(", "HasAPIKey", "APIKey.objects.", "APIKeyPermission", "AuthToken.objects.", "from knox", "Passport::"], 1),
    shows("circuit-breaker", "F9", &[
        "new CircuitBreaker(", "gobreaker.NewCircuitBreaker(", "pybreaker.CircuitBreaker(", "@CircuitBreaker(",
        "CircuitBreakerRegistry", "CircuitBreakerAsync(", "AddCircuitBreaker(", "@circuit(", "Circuitbox.circuit(",
        "outlierDetection:", "hystrix.Do(",
    ], "calls go through a circuit breaker"),
    Fact { name: "fallback", item: "O4", grade: Grade::SetUp, needles: &[".fallback(", "fallbackMethod =", "fallbackMethod=",
        "FallbackAsync(", "AddFallback("], says: "calls that fail have a fallback", most: 1, check: falls_back },
    Fact { name: "token-expiry", item: "F4", grade: Grade::SetUp, needles: &["jwt.sign(", "jwt.encode(", "ACCESS_TOKEN_LIFETIME",
        "JWT_ACCESS_TOKEN_EXPIRES", "jwt.NewWithClaims(", "Jwts.builder("],
        says: "tokens have an expiry", most: 3,
        check: |text| !signs_with_literal(text)
            && (has_expiry(text) || has_short_lifetime(text)) },
    refutes("token-secret", "F4", &["jwt.sign(", "jwt.encode("], "tokens are signed with a literal secret", signs_with_literal),
    refutes("token-algorithm", "F4", &["algorithm=\"none\"", "algorithm='none'", "algorithms=[\"none\"]", "algorithms: ['none']",
        "algorithms: [\"none\"]"],
        "tokens are accepted without a signature", any),
    Fact { name: "cookies", item: "F5", grade: Grade::SetUp, needles: &["SESSION_COOKIE_SECURE = True", "session_cookie_secure = True",
        "httpOnly: true", "cookie.secure=true", "secure: true,"], says: "session cookies are secure", most: 2,
        check: |text| text.contains("SESSION_COOKIE_SECURE = True") || text.contains("cookie.secure=true") || is_secure_cookie(text) },
    Fact { name: "cookies-named", item: "F5", grade: Grade::Said, says: "the program sets attributes of its cookies", most: 1, check: any, needles: &[
        "sameSite:", "same_site:", "SESSION_COOKIE_SAMESITE", "'same_site' =>", "'http_only' =>", "httpOnly: true", "http_only: true", "HttpOnly: true",
        "httponly=True", "SESSION_COOKIE_SECURE = env", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE"] },
    shows_where("cookies-by-tls", "F5", &["config.force_ssl = true", "cookie_secure: auto", "cookie_secure: true"],
        "cookies are sent by TLS only", |text| ![" if ", " unless ", "DEBUG"].iter().any(|word| line(text).contains(word))),
    refutes("cookies-open", "F5", &["SESSION_COOKIE_SECURE = False", "SESSION_COOKIE_HTTPONLY = False"],
        "session cookies are sent without protection", |text| !line(text).contains("DEBUG")),
    shows("password-hash", "F6", &[
        "bcrypt.hash(", "bcrypt.hashSync(", "bcrypt.hashpw(", "bcrypt.GenerateFromPassword(", "BCrypt::Password.create(",
        "BCryptPasswordEncoder(", "bcrypt_sha256.", "argon2.hash(", "Argon2PasswordHasher", "argon2id.", "argon2.IDKey(",
        "argon2::", "PasswordHasher(", "has_secure_password", "password_hash(", "BCrypt.HashPassword(", "scrypt.Key(",
        "pwhash.str(", "Bcrypt.hash_pwd_salt(", "Argon2.hash_pwd_salt(", "from flask_bcrypt", "devise :database_authenticatable", "bcrypt.hash,", "Argon2PasswordEncoder(",
        ":database_authenticatable", "bcrypt.compare(", "bcrypt.compareSync(", "bcrypt.checkpw(", "argon2.verify(", "password_verify(",
        "Hash::make(", "UserPasswordHasherInterface", "Bcrypt.verify_pass(", "Argon2.verify_pass(", "argon2Verify(", "argon2.hash,",
    ], "passwords are hashed with bcrypt, scrypt or Argon2"),
    refutes("password-md5", "F6", &["md5(", "sha1(", "hashlib.md5(", "hashlib.sha1("],
        "passwords are hashed with MD5 or SHA-1", hashes_password),
    shows("field-encryption", "G3", &[
        "EncryptedCharField(", "EncryptedTextField(", "encrypted_fields", "has_encrypted ", "encrypts :", "attr_encrypted ",
        "EncryptedType(", "StringEncryptedType(", "@Convert(converter = Encrypt", "prisma-field-encryption", "transit/encrypt/",
        "createEncryptionPlugin(", "mongoose-encryption", "Cloak.Vault", "Cloak.Ecto.", "fernet_fields", "EncryptedJSONField(",
        "=> 'encrypted'", "=> 'encrypted:", "pgp_sym_encrypt(", "EncryptedField(", "EncryptedTypedField(", "fieldEncryptionExtension(",
    ], "columns are encrypted by the application"),
    shows("audit-log", "M5", &[
        "auditlog.register(", "HistoricalRecords(", "has_paper_trail", "pgaudit", "CREATE TABLE audit_log",
        "CREATE TABLE \"audit_log", "model AuditLog {", "class AuditLog(", "class AuditLogEntry(", "createAuditLog(",
        "create_audit_log(", "CREATE TABLE IF NOT EXISTS audit_log", "class AuditEvent", "AuditEvent.create", "AuditLog.create",
        "audit_logger.", "auditLogger.", "recordAudit(", "logAudit(", "@Audited", "use LogsActivity", "has_associated_audits",
        "create_table \"audits\"", "create_table :audits", "create_table \"audit_logs\"", "create_table :audit_logs",
        "create_table \"versions\"", "simple_history", "auditService.", "auditEventRepository", "create_audit_event(", "reversion.register(",
    ], "who changed what is recorded"),
    shows("scheduled-jobs", "N6", &["beat_schedule", "CELERY_BEAT_SCHEDULE", "Oban.Plugins.Cron", "Sidekiq::Cron::Job", "config.good_job.cron",
        "@Scheduled(cron", "CronTrigger(", "cron.schedule(", "$schedule->command(", "$schedule->job(", "AddPeriodicTask(", "add_periodic_task(",
        "Quantum.Job", "Rufus::Scheduler.new", "BackgroundScheduler(", "every 1.day", "every :day",
        "@Cron(", "new CronJob(", "@periodic_task(", "crontab(minute", "crontab(hour", "RecurringJob.AddOrUpdate(", "#[AsPeriodicTask",
        "#[AsCronTask", "Schedule::command(", "Schedule::job(", "@Scheduled(fixed", "cron.New(", "gocron.NewScheduler(", "scheduler.add_job(",
        "every 1.hour", "every :hour", "every 1.week", "PeriodicTask.objects", "cron_schedule ", "repeat_every("],
        "the program runs jobs at set times"),
    shows_where("composite-index", "C13", &["models.Index(", "index_together", "unique_together", "UniqueConstraint(", "__table_args__", "@Index(["],
        "a composite index", super::index::is_composite),
    Fact { name: "purge", item: "M1", grade: Grade::SetUp, says: "the program deletes what is old or has expired", most: 4, check: deletes,
        needles: &["purge_old", "PurgeOld", "delete_old", "DeleteOld", "deleteOld", "cleanup_expired", "CleanupExpired",
        "cleanupExpired", "delete_expired", "DeleteExpired", "deleteExpired", "purge_expired", "PurgeExpired", "purgeExpired", "prune_old",
        "clear_expired", "remove_expired", "RemoveExpired", "removeExpired", "MassPrunable", "use Prunable", "model:prune", "clearsessions"] },
    notes("erasure", &["anonymise!", "anonymize!", "erase!", "scrub_personal", "class DeleteUser", "class DeleteAccount", "account_deletion",
        "close_account(", "erase_user(", "delete_account(", "deleteAccount(", "delete-account", "delete_user_account(", "deleteMyAccount(", "deactivate_account("], 1),
    Fact { name: "export", item: "", grade: Grade::Nothing, says: "", most: 1, check: is_of_a_person, needles: &["class ExportUser", "class Export(", "ExportUserJob", "user_export", "export_user", "export_user_data(", "exportUserData(", "data-export", "export_account(", "user_data_export", "exportAccount(", "DataExport"] },
    shows("consent", "M3", &[
        "CookieConsent.run(", "cookieconsent.initialise(", "window.cookieconsent", "react-cookie-consent", "klaro.setup(",
        "tarteaucitron.init(", "vue-cookie-law", "Cookiebot", "@osano/", "vanilla-cookieconsent", "govuk-cookie-banner",
        "govuk_cookie_banner(", "govukCookieBanner(", "CookieBanner", "cookie_banner", "cookie-banner", "cookieConsent(", "CookieConsent",
    ], "consent is asked for"),
    Fact { name: "privacy-page", item: "M4", grade: Grade::Said, says: "the program has a page or a link for a privacy policy", most: 1,
        check: any, needles: &["privacy_policy", "privacy-policy", "PrivacyPolicy", "privacyPolicy", "/privacy\"", "/privacy'", "privacy_notice",
            "privacy-notice", "PrivacyNotice"] },
    notes("tracker", &["googletagmanager.com/gtag/js", "googletagmanager.com/gtm.js", "google-analytics.com/analytics.js",
        "connect.facebook.net/en_US/fbevents.js"], 1),
    shows("metrics", "I2", &[
        "promhttp.Handler(", "from \"prom-client\"", "require('prom-client')", "require(\"prom-client\")", "from 'prom-client'",
        "start_http_server(", "generate_latest(", "make_asgi_app(", "Instrumentator(", "django_prometheus", "PrometheusMetrics(",
        "Prometheus::Middleware", "MapMetrics(", "PrometheusMeterRegistry", "PrometheusBuilder::new(", "MapPrometheusScrapingEndpoint(",
        "GDSMetrics(", "use PromEx", "prometheus.MustRegister(", "promauto.New", "Yabeda", "PrometheusExporter(", "express-prom-bundle",
    ], "the program exposes metrics for Prometheus"),
    Fact { name: "metrics-sent", item: "I2", grade: Grade::SetUp, says: "the program counts, and hands its metrics on", most: 4, check: is_no_import,
        needles: &["use Telemetry.Metrics", "import Telemetry.Metrics", "StatsD.increment", "statsd.incr(", "statsd.timing(", "statsd_client.",
        "MeterRegistry", "meterRegistry.", "Prometheus::Client", "metrics_logger.", "cloudwatch.put_metric_data(", "putMetricData("] },
    shows("business-metrics", "I10", &[
        "meterRegistry.counter(", "promauto.NewGauge", "StatsD.increment", "statsd.incr(", "telemetryClient.track", "TelemetryClient.trackEvent(", "telemetry.trackEvent(",
        "new Counter({", "promauto.NewCounter", "Counter.builder(", "prometheus.NewCounterVec(", "new client.Counter(",
    ], "the program counts events of its own"),
    shows("apm", "I3", &[
        "newrelic.agent.initialize(", "require('newrelic')", "require(\"newrelic\")", "tracer.init(", "dd-trace/init", "ddtrace.patch",
        "ddtrace-run", "elasticapm.contrib", "elastic-apm-node", "Datadog.configure", "newrelic.NewApplication(", "scoutapm",
        "-javaagent:/newrelic", "dd-java-agent.jar", "applicationinsights-agent", "AddApplicationInsightsTelemetry(",
        "appInsights.setup(", "Skylight", "-javaagent:", "newrelic-admin run-program", "config :appsignal", "Appsignal.Phoenix", "Appsignal.instrument(",
    ], "an APM agent is loaded"),
    shows("structured-logs", "I4", &[
        "winston.createLogger(", "createLogger({", "pino(", "structlog.configure(", "JsonFormatter(", "JSONFormatter{", "zap.NewProduction(",
        "zerolog.New(", "slog.NewJSONHandler(", "LogstashEncoder", "lograge.enabled = true", "JsonFormatter\"", "CompactJsonFormatter",
        "tracing_subscriber::fmt().json", "bunyan.createLogger(", "SemanticLogger", "jsonlogger.JsonFormatter", "LoggerJSON", "processors.JSONRenderer(", "logstash_formatter", "pythonjsonlogger", "ecs_logging", "JsonLayout",
        "logrus.JSONFormatter", "winston.format.json", "lograge", "Lograge", "GDSLogging", "JSONLogFormatter", "JsonLogFormatter",
    ], "logs are structured"),
    shows("error-tracking", "I5", &[
        "Sentry.init(", "sentry_sdk.init(", "sentry.Init(", "sentry::init(", "Sentry.init do", "SentrySdk.Init(", "UseSentry(",
        "Rollbar.configure", "rollbar.init(", "new Rollbar(", "Bugsnag.start(", "Bugsnag.configure", "bugsnag.configure(",
        "Honeybadger.configure", "Raven.config(", "airbrake.NewNotifier", "Sentry.LoggerBackend", "config :sentry", "ExceptionNotification::",
        "withSentryConfig(", "use Sentry.PlugCapture", "Integration::handles(", "Sentry.captureException(", "Sentry.capture_exception(",
        "sentry_sdk.capture_exception(", "Bugsnag.notify", "Rollbar.error(", "Honeybadger.notify", "SentryModule.forRoot", "Sentry::captureException(",
        "Airbrake.notify", "Sentry.capture_message(",
    ], "errors are sent to a tracker"),
    shows("tracing", "I6", &[
        "new NodeSDK(", "TracerProvider(", "otel.SetTracerProvider(", "OpenTelemetry::SDK.configure", "AddOpenTelemetry(",
        "NodeTracerProvider(", "opentelemetry-instrument ", "opentelemetry-javaagent.jar", "initTracer(", "jaeger.New(",
        "opentelemetry_otlp::", "registerOTel(", "opentelemetry.instrumentation", "config.NewTracer(",
    ], "requests are traced with OpenTelemetry or Jaeger"),
    Fact { name: "shutdown", item: "H6", grade: Grade::SetUp, needles: &["SIGTERM"], says: "the process handles SIGTERM", most: 1,
        check: |text| { let line = line(text); ["process.on(", "process.once(", "signal.Notify(", "signal.signal(", "add_signal_handler(",
            "trap ", "Signal.trap", "SignalKind", "NotifyContext(", "pcntl_signal("].iter().any(|call| line.contains(call)) } },
    shows("shutdown-server", "H6", &["srv.Shutdown(", "httpServer.Shutdown(", "graceful_timeout", "gracefulShutdown(", "graceful_shutdown(",
        "createTerminus(", "worker_shutdown_timeout", "options.ShutdownTimeout", "server.shutdown=graceful", "enableShutdownHooks(", "shutdown: graceful", "with_graceful_shutdown("],
        "the server shuts down gracefully"),
    shows_where("sessions", "D2", &[
        "connect-redis", "RedisStore(", "django.contrib.sessions.backends.cache", "spring.session.store-type=redis", "EnableRedisHttpSession",
        "SESSION_DRIVER=redis", "SESSION_TYPE = \"redis\"", "SESSION_TYPE = 'redis'", ":redis_session_store", "redis_session_store",
        "redistore.NewRediStore(", "RedisSessionInterface", "session_store :redis_store",
    ], "sessions are kept in Redis", is_use),
    refutes("sessions-memory", "D2", &["session.MemoryStore(", "memorystore(session)"], "sessions are kept in the memory of one process", any),
    shows_where("cache", "D3", &[
        "@Cacheable(", "Rails.cache.fetch(", "cache.get_or_set(", "@cache_page(", "cache_page(", "django_redis.cache.RedisCache",
        "django.core.cache.backends", "Cache::remember(", "cache.memoize(", "@cache.memoize(", "@cache.cached(", "new NodeCache(",
        "new LRUCache(", "new LRU(", "ristretto.NewCache(", "bigcache.New", "config.cache_store = :redis_cache_store", "cacheManager.",
        "CacheModule.register", "IMemoryCache", "AddStackExchangeRedisCache(", "Rails.cache.", "config.cache_store =", "@Cacheable",
        "@EnableCaching", "use Nebulex.Cache", "Cachex.fetch(", "Cachex.get(", "unstable_cache(", "TTLCache(", "Caffeine.newBuilder(",
        "Cache::get(", "Cache::rememberForever(", "cache.set(", "cache()->remember(", "LruCache::new(", "use Cachex",
    ], "the application caches", keeps),
    Fact { name: "http-cache", item: "D4", grade: Grade::SetUp, needles: &["Cache-Control", "cache-control", "setCacheControl("],
        says: "responses have cache headers", most: 1, check: caches },
    shows("http-cache-of-framework", "D4", &["WhiteNoiseMiddleware", "whitenoise.storage", "WhiteNoise(", "public_file_server.headers", "fresh_when",
        "http_cache_forever", "@cache_control(", "setSharedMaxAge(", "CacheControl.maxAge(", "cache_control_for_etags"],
        "responses have cache headers"),
    Fact { name: "csrf", item: "E5", grade: Grade::Said, says: "forms are protected from CSRF; security headers are not shown by it", most: 1, check: any,
        needles: &["protect_from_forgery", "CsrfViewMiddleware", "CSRFProtect(", "VerifyCsrfToken", "ValidateCsrfToken", "csrf.Protect(", "UseAntiforgery(",
            "ValidateAntiForgeryToken", "AutoValidateAntiforgeryToken", "csrf_protection:", "csrfProtection("] },
    shows_where("headers", "E5", &[
        "config.content_security_policy", "Strict-Transport-Security", "X-Content-Type-Options", "CSP_DEFAULT_SRC", "CONTENT_SECURITY_POLICY",
        "XFrameOptionsMiddleware", "SECURE_CONTENT_TYPE_NOSNIFF", "X_FRAME_OPTIONS", "X-Frame-Options", "csp.middleware", "frameOptions(",
        "helmet(", "SECURE_HSTS_SECONDS", "django.middleware.security.SecurityMiddleware", "Talisman(", "secureheaders", "SecureHeaders::",
        "UseHsts(", "secure.New(", "@fastify/helmet", "config.force_ssl = true", "contentSecurityPolicy(", "content_security_policy do", ":put_secure_browser_headers",
    ], "security headers are set", sets_header),
    shows_where("force-tls", "E1", &["config.force_ssl = true", "SECURE_SSL_REDIRECT = True", "force_ssl: [", "UseHttpsRedirection("],
        "the program redirects HTTP to HTTPS", |text| ![" if ", " unless ", "DEBUG"].iter().any(|word| line(text).contains(word))),
    refutes("headers-off", "E5", &["contentSecurityPolicy: false", "csrf().disable()", "csrf.disable()", "CSRF_ENABLED = False",
        "WTF_CSRF_ENABLED = False", "csrf(AbstractHttpConfigurer::disable)", "csrf(CsrfConfigurer::disable)", "csrf { disable() }",
        "csrf { it.disable() }", "'ALLOWALL'", "\"ALLOWALL\""], "protection is switched off", any),
    notes("stateless", &["SessionCreationPolicy.STATELESS", "SessionCreationPolicy = STATELESS", "sessionCreationPolicy(STATELESS",
        "oauth2ResourceServer", "NullSecurityContextRepository", "NoOpServerSecurityContextRepository", "JWTManager(", "HTTPTokenAuth(",
        "OAuth2PasswordBearer(", "JWT_TOKEN_LOCATION"], 1),
    notes("session-login", &["LoginManager(", "login_user(", "session[", "flask_security"], 1),
    Fact { name: "origins", item: "E6", grade: Grade::SetUp, says: "CORS allows a list of origins", most: 1,
        check: lists_origins, needles: &["Rack::Cors", "setAllowedOrigins(", "CORS_ORIGINS", "CORSMiddleware", "enableCors({", "plug Corsica", "CORSPlug",
            "CORS(app", "cors.New(", "cors.Options{", "@CrossOrigin(origins", "cors({", "CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST", "cors({ origin: [", "WithOrigins(", "allowedOrigins(", "AllowOrigins:",
        "AllowedOrigins:", "allow_origins=settings", "cors({ origin: process.env"] },
    refutes("origins-any", "E6", &["allow_origins=[\"*\"]", "allow_origins=['*']", "origin: \"*\"", "origin: '*'", "origin: true"],
        "CORS lets every origin in with credentials", allows_credentials),
    refutes("origins-all", "E6", &["CORS_ALLOW_ALL_ORIGINS = True", "CORS_ORIGIN_ALLOW_ALL = True", "origins \"*\"", "origins '*'"], "CORS lets every origin in", |text| is_for_all_paths(text) || line(text).contains("CORS_") && is_unconditional(text)),
    Fact { name: "rate-limit", item: "E12", grade: Grade::SetUp, says: "requests are limited", most: 1, check: limits, needles: &[
        "rateLimit({", "rateLimit(", "RateLimiterRedis(", "slowapi", "Rack::Attack.throttle", "flask_limiter", "@ratelimit(",
        "@limiter.limit(", "DEFAULT_THROTTLE_RATES", "throttle_classes", "ThrottlerModule", "@Throttle(", "bucket4j",
        "limiter.New(", "rate.NewLimiter(", "@fastify/rate-limit", "RateLimiter::for(", "'throttle:", "\"throttle:", "tower_governor", "AddRateLimiter(",
        "limit_req zone", "throttle_login", "ratelimit(method", "throttle(\"", "throttle('", "TokenBucket.authorize", "Hammer.check_rate(", "use Hammer", "RateLimit.hit(",
        "UserRateThrottle", "AnonRateThrottle", "Rack::Attack", "rate_limit to:", "RateLimiterFactory", "httprate.Limit", "PlugAttack", "Hammer.",
        "@RateLimiter(", "RateLimitInterceptor", "RateLimiter.of(", "ratelimit.New(", "limiter.limit(", "middleware('throttle", "middleware([\"throttle",
    ] },
    shows("lockout", "E13", &[":lockable", "AXES_FAILURE_LIMIT", "AxesStandaloneBackend", "axes.middleware", "login_throttling:", "ThrottlesLogins",
        "hasTooManyLoginAttempts(", "ensureIsNotRateLimited(", "MAX_LOGIN_ATTEMPTS", "lockout_on_failure", "lockoutOnFailure: true", "failed_login_count"],
        "sign-in is locked or slowed down after failed attempts"),
    shows("captcha", "E13", &["recaptcha/api/siteverify", "hcaptcha.com/siteverify", "turnstile/v0/siteverify", "api.hcaptcha.com/siteverify",
        "verify_recaptcha", "NOCAPTCHA", "ReCaptchaField(", "hcaptcha.verify(", "Turnstile.verify", "verify_turnstile(", "CaptchaField(",
        "Captcha.verify("], "a CAPTCHA is verified on the server"),
    shows("features", "O2", &["OpenFeature.", "LDClient(", "launchdarkly", "ldclient.", "initializeUnleash", "UnleashClient(", "Unleash(",
        "Flipper.enabled?", "flag_is_active(", "new GrowthBook(", "Flagsmith(", "posthog.isFeatureEnabled(", "posthog.feature_enabled(",
        "Feature.enabled?(", "FeatureFlag.", "isFeatureEnabled(", "FunWithFlags.enabled?", "switch_is_active(", "useFeatureFlag", "useFlag(",
        "unleash.isEnabled(", "Feature::active(", "IFeatureManager", "FeatureFlags.", "featureFlags.", "is_feature_enabled(", "FeatureFlagService",
        "FEATURE_FLAGS", "featureToggle", "FeatureToggle"],
        "features are behind flags"),
    shows("analytics", "O3", &["posthog.capture(", "posthog.init(", "mixpanel.track(", "amplitude.track(", "new GrowthBook(", "analytics.track(",
        "plausible.io/js", "matomo.js"], "events are sent to analytics"),
    shows_where("pool", "C4", &[
        "pool_size=", "connection_limit=", "maximum-pool-size", "new Pool(", "SetMaxOpenConns(", "pgxpool.New",
        "HikariConfig(", "mysql.createPool(", "createPool({", "PgPoolOptions::new(", "r2d2::Pool<", "Pool::builder(", "QueuePool", "SQLALCHEMY_ENGINE_OPTIONS",
        "new PrismaClient(", "create_engine(", "create_async_engine(", "SQLAlchemy(", "pool_size:", "maxPoolSize", "max_pool_size", "hikari:",
        "HikariDataSource", "max_overflow", "poolSize:", "connectionLimit:", "AsyncConnectionPool(", "ConnectionPool(", "SQLALCHEMY_POOL_SIZE", "asyncpg.create_pool(", "pool: <%=", "DB_POOL", "pool_recycle",
    ], "connections are pooled", pools),
    shows("database-tls", "C11", &["sslmode=verify-full", "sslmode=verify-ca", "sslMode=VERIFY_IDENTITY", "sslmode: verify-full"],
        "the certificate of the database is verified"),
    shows("database-encrypted", "C11", &["sslmode=require", "sslmode: require", "sslMode=REQUIRED", "ssl_require=True", "requireSSL=true",
        "\"sslmode\": \"require\"", "'sslmode': 'require'", "sslmode' => 'require'", "ssl_mode: :required", "Encrypt=True;", "rejectUnauthorized: true"],
        "the connection to the database uses TLS"),
    refutes("database-plain", "C11", &["sslmode=disable", "sslmode: disable"], "the connection to the database does without TLS",
        is_to_another_host),
    refutes("sign-in-implicit", "F1", &["response_type=token&", "response_type: \"token\"", "response_type: 'token'",
        "responseType: 'token'", "responseType: \"token\"", "\"response_type\": \"token\"", "OIDC_USE_NONCE = False"],
        "users sign in by the implicit flow, or without a nonce", signs_in),
    refutes("open-by-default", "F3", &["DEFAULT_PERMISSION_CLASSES"], "every route is open unless it says otherwise",
        |text| text.lines().take(3).any(|line| line.contains("AllowAny"))),
    Fact { name: "timeout", item: "F9", grade: Grade::Said, says: "calls have a time-out; what breaks the circuit is not shown", most: 1, check: any,
        needles: TIMEOUTS },
    Fact { name: "timeout-of-calls", item: "O4", grade: Grade::Said, says: "calls have a time-out; what answers instead is not shown", most: 1, check: any,
        needles: TIMEOUTS },
    refutes("no-timeout", "F9", &["timeout=None", "CURLOPT_TIMEOUT, 0", "CURLOPT_TIMEOUT => 0"], "calls wait for an answer without a limit",
        is_call),
    refutes("cache-forever", "D3", &["'TIMEOUT': None", "\"TIMEOUT\": None", "stdTTL: 0"], "entries of the cache never expire",
        is_of_cache),
    refutes("captcha-test", "E13", &["6LeIxAcTAAAAA", "1x00000000000000000000", "10000000-ffff-ffff-ffff-"],
        "the CAPTCHA has a key for tests, with which everyone passes", is_unconditional_value),
    refutes("logged-bodies", "I4", &["console.log(req.body)", "console.log(request.body)", "logger.info(req.body)", "logger.debug(req.body)",
        "console.log(password", "log.Println(password", "logger.info(password", "logger.debug(password"],
        "bodies of requests, or passwords, are written to the log", any),
    refutes("flag-keys", "O2", &["init(\"sdk-", "init('sdk-", "LDClient(\"sdk-", "initialize(\"sdk-", "initialize('sdk-"],
        "the code holds a key of the feature flags", any),
    shows("masking", "M6", &["pg_dump_anon", "greenmask dump", "SECURITY LABEL FOR anon", "gdpr-dump", "anonymize_database", "anonymise_database",
        "anonymize_ip: true", "'anonymize_ip': true", "anonymizeIp"], "dumps are masked, or analytics are anonymous"),
    shows("api-description", "N1", &["FastAPI(", "SwaggerModule.createDocument(", "SpectacularAPIView", "get_schema_view(", "swaggerUi.setup(",
        "AddSwaggerGen(", "AddOpenApi(", "OpenApiSpex.", "@OpenAPIDefinition(", "Rswag::Ui", "Apipie.configure", "add_swagger_documentation",
        "createDocumentBuilder(", "DocumentBuilder(", "#[OpenApi(", "utoipa::OpenApi", "Flasgger(", "Swagger(app", "NinjaAPI("],
        "the program describes its API at run time"),
    shows("health-of-framework", "I1", &["rails/health#show", "health: '/up'", "OkComputer", "HealthCheck::Engine", "health_check.urls", "watchman.urls",
        "django_alive", "HealthIndicator", "TerminusModule", "createTerminus(", "AddHealthChecks(", "GovukHealthcheck"],
        "the program has a health endpoint"),
    notes("captcha-site", &["data-sitekey=", "grecaptcha.execute(", "class=\"h-captcha", "class=\"cf-turnstile", "turnstile.render(",
        "hcaptcha.render("], 1),
    notes("database-driver", &["psycopg2", "psycopg\"", "asyncpg", "pymysql", "mysqlclient", "sqlalchemy", "django.db.backends.postgresql",
        "django.db.backends.mysql", "@prisma/client", "pg.Pool(", "mysql2", "mongoose.connect(", "sequelize", "typeorm", "gorm.io/driver",
        "lib/pq", "jackc/pgx", "diesel::pg", "sqlx::", "ActiveRecord::Base", "ApplicationRecord", "JpaRepository", "Npgsql", "DB::table("], 1),
    notes("cache-client", &["REDIS_URL", "REDIS_HOST", "redis://", "rediss://", "redis.createClient(", "Redis.new(", "redis.from_url(",
        "new Redis(", "redis.Redis(", "StrictRedis", "redis.NewClient(", "Redix.start_link(", "RedisTemplate", "LettuceConnectionFactory",
        "ConnectionMultiplexer.Connect(", "Dalli::Client", ":mem_cache_store", ":redis_cache_store", "MEMCACHE_SERVERS", "MEMCACHED_",
        "PyMemcacheCache", "PyLibMCCache", "RedisCache", "spring.data.redis", "spring.redis", "memcache.New("], 1),
    notes("route", &["/health", "/healthz", "/readyz", "/livez", "/ready\"", "/ready'", "/ping\"", "/ping'", "/healthcheck", "/_health", "/up\"", "health_check",
        "actuator/health", "/-/healthy", "/heartbeat", "HealthCheckResource", "MapHealthChecks(", "/_status", "\"health/\"", "'health/'"], 4),
    notes("sync", &["synchronize: true", "ddl-auto: update", "ddl-auto=update", "ddl-auto: create", "ddl-auto=create", ".AutoMigrate(",
        "--accept-data-loss", "prisma db push"], 2),
    notes("next-image", &["next/image", "CDN_URL", "AWS_CLOUDFRONT", "CLOUDFRONT_", "cloudfront.net", "CDN_HOST", "asset_host"], 1),
    notes("oidc-settings", &["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OIDC_ISSUER", "OAUTH2_CLIENT_ID",
        "GOOGLE_CLIENT_ID", "KEYCLOAK_CLIENT_ID", "OIDC_RP_CLIENT_ID", "GITHUB_CLIENT_ID", "OAUTH_CLIENT"], 1),
    notes("routes", &["@app.get(", "@app.post(", "@app.put(", "@app.delete(", "@app.patch(", "@router.get(", "@router.post(", "@router.put(",
        "@router.delete(", "@router.patch(", "app.get(\"", "app.post(\"", "app.put(\"", "app.delete(\"", "app.patch(\"", "app.get('", "app.post('",
        "app.put('", "app.delete('", "app.patch('"], 200),
];

/// Facts that settings, scripts and schemas can show, too; all others are about programs.
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
    "cache-client",
    "captcha-test",
    "masking",
    "apm",
    "cookies-by-tls",
    "database-encrypted",
    "lockout",
    "csrf",
];

/// Whether a file that is not a program can show a fact.
pub(crate) fn is_of_settings(fact: usize) -> bool {
    OF_SETTINGS.contains(&FACTS[fact].name)
}

/// Returns the index of the fact with this name.
pub(crate) fn number(name: &str) -> Option<usize> {
    FACTS.iter().position(|fact| fact.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_have_different_names_and_needles() {
        for (at, fact) in FACTS.iter().enumerate() {
            assert_eq!(number(fact.name), Some(at), "{}", fact.name);
            assert!(!fact.needles.is_empty());
        }
    }
}
