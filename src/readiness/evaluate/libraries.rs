//! Libraries, by what programs use them for.

/// The language whose package manager declares a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    DotNet,
    Elixir,
    Go,
    Java,
    JavaScript,
    Php,
    Python,
    Ruby,
    Rust,
}

/// What the declaration of a library shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// Only a claim that the program does it.
    Word,
    /// That it is set up, since the library needs nothing else.
    SetUp,
    /// Only a claim, but even if only developers install it, since it is for tests.
    Tests,
}

/// Libraries that do the same thing, by language.
pub(super) struct Libraries {
    /// The item that they are about.
    pub(super) item: &'static str,
    /// What they do.
    pub(super) what: &'static str,
    /// What the declaration of one shows.
    pub(super) shows: Shows,
    of: &'static [(Language, &'static [&'static str])],
}

impl Libraries {
    const fn new(
        item: &'static str,
        shows: Shows,
        what: &'static str,
        of: &'static [(Language, &'static [&'static str])],
    ) -> Self {
        Self {
            item,
            what,
            shows,
            of,
        }
    }

    /// Returns the names of the libraries of a language.
    pub(super) fn names(&self, language: Language) -> impl Iterator<Item = &'static str> {
        let of = self.of.iter().filter(move |(it, _)| *it == language);
        of.flat_map(|(_, names)| names.iter().copied())
    }
}

use Language::{DotNet, Elixir, Go, Java, JavaScript, Php, Python, Ruby, Rust};
use Shows::{SetUp, Tests, Word};

/// The libraries.
#[rustfmt::skip]
pub(super) static LIBRARIES: &[Libraries] = &[
    Libraries::new("A2", Word, "a client of a secrets manager", &[
        (Python, &["hvac", "google-cloud-secret-manager", "azure-keyvault-secrets", "aws-secretsmanager-caching"]),
        (JavaScript, &["@aws-sdk/client-secrets-manager", "@google-cloud/secret-manager", "@azure/keyvault-secrets", "node-vault", "@aws-sdk/client-ssm"]),
        (Java, &["spring-cloud-starter-vault-config", "spring-cloud-azure-starter-keyvault-secrets", "azure-security-keyvault-secrets", "properties-volume-spring-boot-starter", "aws-secretsmanager-jdbc"]),
        (Go, &["github.com/hashicorp/vault/api", "cloud.google.com/go/secretmanager", "github.com/aws/aws-sdk-go-v2/service/secretsmanager"]),
        (Ruby, &["aws-sdk-secretsmanager", "vault"]),
    ]),
    Libraries::new("C4", Word, "a pool of connections", &[
        (JavaScript, &["pg-pool", "generic-pool"]),
        (Python, &["psycopg-pool", "psycopg_pool", "DBUtils", "django-db-connection-pool"]),
        (Go, &["github.com/jackc/pgx/v5", "github.com/jackc/pgx/v4"]),
        (Rust, &["deadpool-postgres", "bb8", "r2d2", "sqlx"]),
    ]),
    Libraries::new("C4", SetUp, "connections are pooled by HikariCP unless it is replaced", &[
        (Java, &["spring-boot-starter-data-jpa", "spring-boot-starter-jdbc", "spring-boot-starter-data-jdbc", "HikariCP"]),
    ]),
    Libraries::new("C4", SetUp, "Ecto pools connections", &[
        (Elixir, &["ecto_sql", "postgrex"]),
    ]),
    Libraries::new("C4", SetUp, "it pools connections", &[
        (Ruby, &["rails", "activerecord", "sequel"]),
        (JavaScript, &["@prisma/client", "sequelize", "knex", "typeorm", "mongoose", "@mikro-orm/core"]),
        (Python, &["SQLAlchemy", "sqlalchemy", "Flask-SQLAlchemy", "flask-sqlalchemy", "sqlmodel"]),
        (DotNet, &["Npgsql.EntityFrameworkCore.PostgreSQL", "Npgsql", "Microsoft.EntityFrameworkCore.SqlServer"]),
    ]),
    Libraries::new("F5", Word, "session cookies that scripts cannot read", &[
        (Python, &["Django", "django", "Flask", "flask"]),
        (Ruby, &["rails"]),
        (JavaScript, &["express-session", "iron-session", "cookie-session", "@fastify/session"]),
        (Php, &["laravel/framework", "symfony/framework-bundle"]),
        (Elixir, &["phoenix"]),
    ]),
    Libraries::new("H6", Word, "a server that ends its requests before it stops", &[
        (Ruby, &["puma", "unicorn", "falcon"]),
        (Python, &["gunicorn", "uvicorn", "hypercorn", "granian"]),
        (JavaScript, &["@godaddy/terminus", "http-terminator", "http-graceful-shutdown", "stoppable", "lightship", "@nestjs/terminus"]),
    ]),
    Libraries::new("C1", Word, "migrations", &[
        (Java, &["flyway-core", "liquibase-core", "flyway-database-postgresql"]),
        (Python, &["alembic", "Flask-Migrate", "flask-migrate"]),
        (JavaScript, &["knex", "db-migrate", "node-pg-migrate", "umzug", "drizzle-orm", "typeorm", "sequelize", "@mikro-orm/core", "prisma", "@prisma/client"]),
    ]),
    Libraries::new("C5", Word, "a check of health that asks the database", &[
        (Ruby, &["okcomputer", "health_check", "rails-healthcheck", "govuk_app_config"]),
        (Python, &["django-health-check", "django-watchman", "django-alive"]),
        (Java, &["spring-boot-starter-actuator"]),
        (JavaScript, &["@nestjs/terminus"]),
        (DotNet, &["AspNetCore.HealthChecks.NpgSql", "Microsoft.Extensions.Diagnostics.HealthChecks.EntityFrameworkCore"]),
    ]),
    Libraries::new("M6", Tests, "data that tests make up", &[
        (Ruby, &["factory_bot_rails", "factory_bot", "fabrication", "faker", "ffaker"]),
        (Python, &["factory-boy", "factory_boy", "Faker", "faker", "model-bakery", "model_bakery", "mixer", "polyfactory"]),
        (JavaScript, &["@faker-js/faker", "fishery", "rosie", "@ngneat/falso", "chance"]),
        (Java, &["datafaker", "javafaker", "instancio-junit", "easy-random-core"]),
        (Php, &["fakerphp/faker", "zenstruck/foundry"]),
        (Elixir, &["ex_machina", "faker"]),
        (DotNet, &["Bogus", "AutoFixture"]),
    ]),
    Libraries::new("C13", Word, "suggestions of indexes", &[
        (Ruby, &["lol_dba", "active_record_doctor", "pghero"]),
    ]),
    Libraries::new("C9", Word, "slow queries are shown", &[
        (Ruby, &["pghero", "rack-mini-profiler"]),
    ]),
    Libraries::new("C3", Word, "checks of the schema", &[
        (Ruby, &["database_consistency", "active_record_doctor", "strong_migrations"]),
    ]),
    Libraries::new("D2", Word, "sessions in a store", &[
        (JavaScript, &["connect-redis", "connect-pg-simple", "connect-mongo", "express-session"]),
        (Ruby, &["redis-session-store", "redis-actionpack", "redis-rails", "activerecord-session_store"]),
        (Java, &["spring-session-data-redis", "spring-session-jdbc", "spring-boot-starter-session-data-redis"]),
        (Python, &["Flask-Session", "flask-session"]),
    ]),
    Libraries::new("D3", Word, "a cache", &[
        (Ruby, &["redis", "dalli", "solid_cache", "redis-client", "readthis", "identity_cache"]),
        (Python, &["redis", "django-redis", "Flask-Caching", "flask-caching", "pymemcache", "pylibmc", "python-memcached", "cachetools", "aiocache"]),
        (JavaScript, &["ioredis", "redis", "lru-cache", "node-cache", "cache-manager", "keyv", "@upstash/redis"]),
        (Java, &["spring-boot-starter-cache", "caffeine", "spring-boot-starter-data-redis", "ehcache", "redisson"]),
        (Go, &["github.com/redis/go-redis/v9", "github.com/go-redis/redis/v8", "github.com/patrickmn/go-cache", "github.com/dgraph-io/ristretto"]),
        (Elixir, &["cachex", "nebulex", "redix", "con_cache"]),
        (Php, &["predis/predis", "symfony/cache"]),
        (Rust, &["moka", "redis", "cached"]),
        (DotNet, &["Microsoft.Extensions.Caching.StackExchangeRedis", "StackExchange.Redis", "Microsoft.Extensions.Caching.Memory"]),
    ]),
    Libraries::new("D4", Word, "static files with cache headers", &[
        (Python, &["whitenoise"]),
    ]),
    Libraries::new("D5", Word, "uploads or assets of a bucket", &[
        (Ruby, &["asset_sync", "cloudinary"]),
    ]),
    Libraries::new("E5", Word, "security headers", &[
        (JavaScript, &["helmet", "@fastify/helmet", "koa-helmet", "nuxt-security", "csurf", "lusca"]),
        (Python, &["django-csp", "flask-talisman", "Flask-Talisman", "django-permissions-policy", "flask-wtf", "Flask-WTF", "secure"]),
        (Ruby, &["secure_headers"]),
        (Php, &["bepsvpt/secure-headers", "spatie/laravel-csp", "nelmio/security-bundle"]),
    ]),
    Libraries::new("E5", SetUp, "Spring Security sends security headers unless they are disabled", &[
        (Java, &["spring-boot-starter-security"]),
    ]),
    Libraries::new("E6", Word, "settings of CORS", &[
        (JavaScript, &["cors", "@fastify/cors", "@koa/cors", "koa2-cors"]),
        (Python, &["django-cors-headers", "Flask-Cors", "flask-cors", "Flask-CORS"]),
        (Ruby, &["rack-cors"]),
        (Go, &["github.com/rs/cors", "github.com/gin-contrib/cors", "github.com/go-chi/cors"]),
        (Php, &["nelmio/cors-bundle", "fruitcake/laravel-cors"]),
        (Elixir, &["cors_plug", "corsica"]),
    ]),
    Libraries::new("E12", Word, "limits of requests", &[
        (JavaScript, &["express-rate-limit", "rate-limiter-flexible", "@fastify/rate-limit", "@nestjs/throttler", "@upstash/ratelimit", "koa-ratelimit", "express-slow-down", "hono-rate-limiter"]),
        (Python, &["django-ratelimit", "Flask-Limiter", "flask-limiter", "slowapi", "django-axes", "django-defender", "fastapi-limiter"]),
        (Ruby, &["rack-attack", "rack-throttle"]),
        (Java, &["bucket4j-core", "resilience4j-ratelimiter", "bucket4j-spring-boot-starter"]),
        (Go, &["github.com/ulule/limiter/v3", "github.com/didip/tollbooth", "github.com/go-chi/httprate"]),
        (Elixir, &["hammer", "plug_attack", "ex_rated"]),
        (Rust, &["governor", "tower_governor"]),
        (Php, &["symfony/rate-limiter"]),
    ]),
    Libraries::new("E13", Word, "a CAPTCHA", &[
        (JavaScript, &["react-google-recaptcha", "@hcaptcha/react-hcaptcha", "react-turnstile", "@marsidev/react-turnstile", "vue-recaptcha", "react-google-recaptcha-v3", "ng-recaptcha"]),
        (Python, &["django-recaptcha", "django-simple-captcha", "django-hcaptcha", "captcha"]),
        (Ruby, &["recaptcha", "invisible_captcha", "hcaptcha", "rails_cloudflare_turnstile"]),
        (Php, &["google/recaptcha", "anhskohbo/no-captcha", "karser/karser-recaptcha3-bundle", "meteo-concept/hcaptcha-bundle"]),
    ]),
    Libraries::new("F1", Word, "sign-in by an identity provider", &[
        (JavaScript, &["next-auth", "openid-client", "passport-google-oauth20", "passport-openidconnect", "@auth0/nextjs-auth0", "keycloak-js", "oidc-client-ts", "@azure/msal-browser", "passport-oauth2", "better-auth", "@okta/okta-auth-js", "arctic"]),
        (Python, &["mozilla-django-oidc", "django-allauth", "Authlib", "authlib", "social-auth-app-django", "python-social-auth", "django-oauth-toolkit", "pyoidc", "oauthlib", "msal", "python-keycloak", "djangosaml2"]),
        (Ruby, &["omniauth", "omniauth_openid_connect", "omniauth-google-oauth2", "omniauth-oauth2", "doorkeeper", "omniauth-saml", "omniauth-rails_csrf_protection"]),
        (Java, &["spring-boot-starter-oauth2-resource-server", "spring-boot-starter-oauth2-client", "spring-security-oauth2-resource-server", "keycloak-spring-boot-starter", "spring-security-oauth2-client"]),
        (Go, &["github.com/coreos/go-oidc/v3", "golang.org/x/oauth2"]),
        (Elixir, &["ueberauth", "assent", "openid_connect"]),
        (Php, &["laravel/socialite", "league/oauth2-client", "knpuniversity/oauth2-client-bundle", "laravel/passport", "league/oauth2-server-bundle", "jumbojett/openid-connect-php"]),
        (DotNet, &["Microsoft.AspNetCore.Authentication.OpenIdConnect", "Microsoft.Identity.Web"]),
    ]),
    Libraries::new("F2", Word, "a second factor", &[
        (JavaScript, &["speakeasy", "otplib", "otpauth", "@simplewebauthn/server", "fido2-lib"]),
        (Python, &["pyotp", "django-otp", "django-two-factor-auth", "webauthn", "fido2", "django-mfa2"]),
        (Ruby, &["rotp", "devise-two-factor", "webauthn", "two_factor_authentication"]),
        (Go, &["github.com/pquerna/otp", "github.com/go-webauthn/webauthn"]),
        (Php, &["pragmarx/google2fa", "pragmarx/google2fa-laravel", "scheb/2fa-bundle", "spomky-labs/otphp", "laravel/fortify"]),
        (Elixir, &["nimble_totp", "wax_"]),
    ]),
    Libraries::new("F3", Word, "roles and permissions", &[
        (JavaScript, &["@casl/ability", "accesscontrol", "casbin"]),
        (Python, &["django-guardian", "django-rules", "rules", "oso", "casbin", "django-role-permissions", "Flask-Principal", "flask-principal"]),
        (Ruby, &["pundit", "cancancan", "action_policy", "rolify", "declarative_authorization"]),
        (Php, &["spatie/laravel-permission", "silber/bouncer", "santigarcor/laratrust"]),
        (Elixir, &["bodyguard", "canada", "let_me"]),
        (Go, &["github.com/casbin/casbin/v2"]),
    ]),
    Libraries::new("F4", Word, "signed tokens", &[
        (Python, &["PyJWT", "pyjwt", "djangorestframework-simplejwt", "python-jose", "Flask-JWT-Extended", "flask-jwt-extended", "drf-jwt"]),
        (JavaScript, &["jsonwebtoken", "jose", "@nestjs/jwt", "express-jwt", "fast-jwt"]),
        (Ruby, &["jwt", "devise-jwt", "knock"]),
        (Java, &["jjwt-api", "java-jwt", "nimbus-jose-jwt", "jjwt"]),
        (Go, &["github.com/golang-jwt/jwt/v5", "github.com/golang-jwt/jwt/v4"]),
        (Php, &["firebase/php-jwt", "lcobucci/jwt", "tymon/jwt-auth", "lexik/jwt-authentication-bundle"]),
        (Elixir, &["guardian", "joken"]),
    ]),
    Libraries::new("F6", Word, "hashes of passwords", &[
        (Python, &["bcrypt", "argon2-cffi", "Flask-Bcrypt", "flask-bcrypt", "passlib"]),
        (JavaScript, &["bcrypt", "bcryptjs", "argon2", "@node-rs/argon2", "@node-rs/bcrypt"]),
        (Ruby, &["bcrypt", "devise", "argon2", "devise-argon2"]),
        (Elixir, &["bcrypt_elixir", "argon2_elixir", "pbkdf2_elixir", "pow"]),
        (Rust, &["argon2", "bcrypt"]),
    ]),
    Libraries::new("F7", Word, "tokens for programs", &[
        (Php, &["laravel/sanctum", "laravel/passport"]),
    ]),
    Libraries::new("F9", Word, "circuit breakers", &[
        (Java, &["resilience4j-spring-boot2", "resilience4j-spring-boot3", "resilience4j-circuitbreaker", "spring-cloud-starter-circuitbreaker-resilience4j"]),
        (JavaScript, &["opossum", "cockatiel"]),
        (Python, &["pybreaker", "circuitbreaker", "purgatory"]),
        (Ruby, &["circuitbox", "stoplight", "semian"]),
        (Go, &["github.com/sony/gobreaker", "github.com/afex/hystrix-go"]),
        (DotNet, &["Polly", "Microsoft.Extensions.Http.Resilience"]),
        (Elixir, &["fuse"]),
    ]),
    Libraries::new("G3", Word, "encryption of columns", &[
        (Ruby, &["lockbox", "attr_encrypted", "crypt_keeper"]),
        (Python, &["django-cryptography", "django-fernet-fields", "django-encrypted-model-fields", "django-crypto-fields", "django-encrypted-fields"]),
        (Elixir, &["cloak_ecto", "cloak"]),
        (JavaScript, &["prisma-field-encryption", "mongoose-encryption", "typeorm-encrypted"]),
    ]),
    Libraries::new("I1", SetUp, "Spring Boot has a health endpoint by it", &[
        (Java, &["spring-boot-starter-actuator"]),
    ]),
    Libraries::new("I1", Word, "a health endpoint", &[
        (Python, &["django-health-check", "py-healthcheck", "django-watchman", "django-alive"]),
        (JavaScript, &["@nestjs/terminus", "@godaddy/terminus", "lightship"]),
        (Ruby, &["okcomputer", "health_check", "rails-healthcheck", "govuk_app_config"]),
        (DotNet, &["AspNetCore.HealthChecks.NpgSql", "AspNetCore.HealthChecks.Redis", "Microsoft.Extensions.Diagnostics.HealthChecks.EntityFrameworkCore"]),
    ]),
    Libraries::new("I2", Word, "metrics", &[
        (Python, &["prometheus-client", "prometheus_client", "django-prometheus", "statsd", "prometheus-flask-exporter", "gds-metrics", "prometheus-fastapi-instrumentator"]),
        (JavaScript, &["prom-client", "express-prom-bundle", "hot-shots", "@willsoto/nestjs-prometheus"]),
        (Java, &["micrometer-registry-prometheus", "micrometer-registry-cloudwatch2", "micrometer-registry-datadog"]),
        (Ruby, &["prometheus_exporter", "prometheus-client", "yabeda-prometheus", "yabeda", "statsd-instrument", "prometheus-client-mmap"]),
        (Go, &["github.com/prometheus/client_golang", "github.com/DataDog/datadog-go"]),
        (Elixir, &["prom_ex", "telemetry_metrics_prometheus", "telemetry_metrics_statsd", "telemetry_metrics"]),
        (Rust, &["prometheus", "metrics-exporter-prometheus"]),
        (DotNet, &["prometheus-net.AspNetCore"]),
    ]),
    Libraries::new("I3", Word, "an APM agent", &[
        (Python, &["newrelic", "ddtrace", "elastic-apm", "scout-apm"]),
        (JavaScript, &["newrelic", "dd-trace", "elastic-apm-node", "applicationinsights", "@scout_apm/scout-apm"]),
        (Ruby, &["newrelic_rpm", "ddtrace", "scout_apm", "skylight", "elastic-apm", "datadog", "appsignal"]),
        (Java, &["applicationinsights-spring-boot-starter", "applicationinsights-core", "newrelic-api", "applicationinsights-web"]),
        (Elixir, &["new_relic_agent", "appsignal", "spandex", "appsignal_phoenix"]),
        (DotNet, &["Microsoft.ApplicationInsights.AspNetCore", "Elastic.Apm.NetCoreAll"]),
    ]),
    Libraries::new("I4", Word, "structured logs", &[
        (Python, &["structlog", "python-json-logger", "django-structlog", "loguru", "json-log-formatter", "ecs-logging"]),
        (JavaScript, &["winston", "pino", "bunyan", "nestjs-pino", "pino-http", "nest-winston"]),
        (Ruby, &["lograge", "rails_semantic_logger", "semantic_logger", "logstash-logger", "ougai", "logstasher", "amazing_print_json"]),
        (Java, &["logstash-logback-encoder", "log4j-layout-template-json", "logback-json-classic"]),
        (Go, &["go.uber.org/zap", "github.com/rs/zerolog", "github.com/sirupsen/logrus"]),
        (Elixir, &["logger_json", "ink"]),
        (Php, &["monolog/monolog", "symfony/monolog-bundle"]),
        (Rust, &["tracing-subscriber", "slog"]),
        (DotNet, &["Serilog.AspNetCore", "NLog.Web.AspNetCore"]),
    ]),
    Libraries::new("I5", Word, "an error tracker", &[
        (Python, &["sentry-sdk", "sentry_sdk", "rollbar", "bugsnag", "honeybadger"]),
        (JavaScript, &["@sentry/node", "@sentry/nextjs", "@sentry/react", "@sentry/vue", "@sentry/browser", "@sentry/nestjs", "@sentry/angular", "@sentry/sveltekit", "@sentry/nuxt", "rollbar", "@bugsnag/js", "@honeybadger-io/js", "@bugsnag/plugin-express"]),
        (Ruby, &["sentry-ruby", "sentry-rails", "sentry-raven", "rollbar", "honeybadger", "bugsnag", "airbrake", "exception_notification", "appsignal", "govuk_app_config"]),
        (Java, &["sentry-spring-boot-starter", "sentry-spring-boot-starter-jakarta", "sentry-logback"]),
        (Go, &["github.com/getsentry/sentry-go"]),
        (Php, &["sentry/sentry-laravel", "sentry/sentry-symfony", "sentry/sentry", "bugsnag/bugsnag-laravel", "rollbar/rollbar-laravel", "spatie/laravel-ignition"]),
        (Elixir, &["sentry", "honeybadger", "rollbax", "appsignal", "error_tracker", "bugsnag"]),
        (Rust, &["sentry"]),
        (DotNet, &["Sentry.AspNetCore"]),
    ]),
    Libraries::new("I6", Word, "tracing", &[
        (Python, &["opentelemetry-sdk", "opentelemetry-distro", "opentelemetry-api", "jaeger-client"]),
        (JavaScript, &["@opentelemetry/sdk-node", "@opentelemetry/api", "@vercel/otel", "@opentelemetry/sdk-trace-node"]),
        (Ruby, &["opentelemetry-sdk", "opentelemetry-instrumentation-all"]),
        (Java, &["opentelemetry-api", "micrometer-tracing-bridge-otel", "opentelemetry-spring-boot-starter", "opentelemetry-instrumentation-annotations", "spring-cloud-starter-sleuth"]),
        (Go, &["go.opentelemetry.io/otel"]),
        (Elixir, &["opentelemetry", "opentelemetry_phoenix"]),
        (Rust, &["opentelemetry", "tracing-opentelemetry"]),
    ]),
    Libraries::new("J4", Tests, "a test runner", &[
        (Python, &["pytest", "pytest-cov", "coverage", "pytest-django"]),
        (JavaScript, &["jest", "vitest", "mocha", "ava", "@vue/test-utils"]),
        (Ruby, &["rspec-rails", "simplecov", "minitest", "rspec"]),
        (Java, &["spring-boot-starter-test", "junit-jupiter", "jacoco-maven-plugin"]),
        (Php, &["phpunit/phpunit", "pestphp/pest"]),
        (Elixir, &["excoveralls"]),
    ]),
    Libraries::new("J5", Tests, "end-to-end tests", &[
        (JavaScript, &["@playwright/test", "cypress", "webdriverio", "testcafe", "puppeteer", "nightwatch"]),
        (Python, &["pytest-playwright", "selenium", "playwright", "behave", "pytest-bdd"]),
        (Ruby, &["capybara", "cucumber-rails", "selenium-webdriver", "cuprite"]),
        (Php, &["laravel/dusk", "symfony/panther", "behat/behat"]),
        (Elixir, &["wallaby"]),
    ]),
    Libraries::new("J5", Tests, "integration tests", &[
        (Java, &["testcontainers", "wiremock-standalone", "rest-assured", "wiremock", "serenity-core"]),
    ]),
    Libraries::new("J3", Tests, "a security scanner", &[
        (Ruby, &["brakeman", "bundler-audit", "bundle-audit"]),
        (Python, &["bandit", "safety", "pip-audit"]),
        (Java, &["dependency-check-maven", "org.owasp.dependencycheck", "dependency-check-gradle"]),
        (Php, &["roave/security-advisories", "enlightn/security-checker"]),
        (Elixir, &["sobelow", "mix_audit"]),
    ]),
    Libraries::new("K1", Tests, "load tests", &[
        (Python, &["locust"]),
        (JavaScript, &["artillery", "autocannon", "k6"]),
        (Java, &["gatling-charts-highcharts", "gatling-maven-plugin", "io.gatling.gradle"]),
    ]),
    Libraries::new("M3", Word, "a banner that asks for consent", &[
        (JavaScript, &["react-cookie-consent", "vanilla-cookieconsent", "@osano/cookieconsent", "klaro", "vue-cookie-law"]),
        (Php, &["spatie/laravel-cookie-consent"]),
    ]),
    Libraries::new("M5", Word, "a trail of changes", &[
        (Python, &["django-auditlog", "django-simple-history", "django-reversion", "django-easy-audit", "SQLAlchemy-Continuum", "django-pghistory"]),
        (Ruby, &["paper_trail", "audited", "logidze", "public_activity"]),
        (Php, &["owen-it/laravel-auditing", "spatie/laravel-activitylog", "damienharper/auditor-bundle"]),
        (Java, &["hibernate-envers", "javers-spring-boot-starter-sql"]),
        (Elixir, &["paper_trail", "ex_audit"]),
    ]),
    Libraries::new("N1", SetUp, "the API is described by it at run time", &[
        (Java, &["springdoc-openapi-starter-webmvc-ui", "springdoc-openapi-ui", "springdoc-openapi-starter-webflux-ui"]),
    ]),
    Libraries::new("N1", Word, "descriptions of the API", &[
        (Python, &["drf-spectacular", "drf-yasg", "flasgger", "apispec", "flask-restx", "flask-smorest", "django-ninja"]),
        (JavaScript, &["@nestjs/swagger", "swagger-ui-express", "swagger-jsdoc", "@fastify/swagger", "redoc", "@hono/zod-openapi"]),
        (Ruby, &["rswag", "rswag-api", "grape-swagger", "apipie-rails", "rspec-openapi"]),
        (Php, &["darkaonline/l5-swagger", "nelmio/api-doc-bundle", "dedoc/scramble", "knuckleswtf/scribe", "api-platform/core", "api-platform/symfony"]),
        (Elixir, &["open_api_spex", "phoenix_swagger"]),
        (Rust, &["utoipa"]),
        (DotNet, &["Swashbuckle.AspNetCore", "NSwag.AspNetCore", "Microsoft.AspNetCore.OpenApi"]),
    ]),
    Libraries::new("N6", Word, "jobs at set times", &[
        (Python, &["django-celery-beat", "celery-redbeat", "APScheduler", "apscheduler", "django-cron", "django-q2", "django-crontab", "rq-scheduler", "celery"]),
        (JavaScript, &["node-cron", "cron", "@nestjs/schedule", "agenda", "bree", "node-schedule", "toad-scheduler", "graphile-worker", "bullmq"]),
        (Ruby, &["sidekiq-cron", "sidekiq-scheduler", "whenever", "clockwork", "good_job", "solid_queue", "rufus-scheduler", "resque-scheduler"]),
        (Java, &["shedlock-spring", "spring-boot-starter-quartz", "quartz"]),
        (Go, &["github.com/robfig/cron/v3", "github.com/go-co-op/gocron"]),
        (Elixir, &["oban", "quantum"]),
    ]),
    Libraries::new("O2", Word, "feature flags", &[
        (Python, &["django-waffle", "django-flags", "UnleashClient", "unleashclient", "launchdarkly-server-sdk", "flagsmith", "gutter"]),
        (JavaScript, &["unleash-client", "launchdarkly-js-client-sdk", "@launchdarkly/node-server-sdk", "launchdarkly-react-client-sdk", "flagsmith", "@openfeature/server-sdk", "@growthbook/growthbook", "@unleash/nextjs", "@unleash/proxy-client-react"]),
        (Ruby, &["flipper", "unleash", "rollout", "launchdarkly-server-sdk", "flipflop"]),
        (Java, &["launchdarkly-java-server-sdk", "ff4j-core", "togglz-spring-boot-starter", "flipt-java", "unleash-client-java", "openfeature"]),
        (Php, &["laravel/pennant"]),
        (Elixir, &["fun_with_flags", "flippant"]),
        (DotNet, &["Microsoft.FeatureManagement.AspNetCore"]),
    ]),
    Libraries::new("O3", Word, "analytics", &[
        (JavaScript, &["posthog-js", "posthog-node", "mixpanel-browser", "mixpanel", "@amplitude/analytics-browser", "plausible-tracker", "next-plausible", "react-ga4", "@vercel/analytics", "@segment/analytics-next", "@growthbook/growthbook-react"]),
        (Ruby, &["ahoy_matey", "posthog-ruby", "mixpanel-ruby", "split", "dfe-analytics", "vanity", "field_test"]),
        (Python, &["posthog", "mixpanel", "amplitude-analytics", "django-analytical"]),
    ]),
    Libraries::new("O4", Word, "retries", &[
        (Python, &["tenacity", "backoff", "stamina", "retrying"]),
        (JavaScript, &["p-retry", "async-retry", "axios-retry", "fetch-retry", "exponential-backoff"]),
        (Ruby, &["faraday-retry", "retriable", "with_retries"]),
        (Java, &["spring-retry", "resilience4j-retry", "failsafe"]),
        (Go, &["github.com/cenkalti/backoff/v4", "github.com/hashicorp/go-retryablehttp", "github.com/avast/retry-go"]),
    ]),
    Libraries::new("H6", Word, "shutting down in order", &[
        (JavaScript, &["http-terminator", "stoppable", "@godaddy/terminus", "close-with-grace", "http-graceful-shutdown"]),
    ]),
    Libraries::new("E9", Word, "WebSockets", &[
        (JavaScript, &["socket.io", "ws", "@nestjs/websockets", "@hocuspocus/server"]),
        (Python, &["channels", "flask-socketio", "Flask-SocketIO", "websockets", "python-socketio"]),
        (Ruby, &["anycable-rails", "solid_cable", "faye-websocket"]),
        (Java, &["spring-boot-starter-websocket"]),
        (Go, &["github.com/gorilla/websocket", "nhooyr.io/websocket", "github.com/coder/websocket"]),
        (Elixir, &["phoenix_live_view"]),
        (Php, &["laravel/reverb", "beyondcode/laravel-websockets", "symfony/mercure-bundle"]),
    ]),
];
