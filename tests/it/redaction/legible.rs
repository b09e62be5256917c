//! What must stay legible: a hundred lines without secrets, and what else a reader loses when secrets are masked.

use gonogo::redact::{Known, NoFinder, Redactor};

/// Lines as they occur in the excerpts of reports.
#[rustfmt::skip]
const LEGIBLE: &[&str] = &[
    // Images and their digests.
    "    image: postgres:16.4-alpine3.20",
    "    image: ghcr.io/example/app:2024.06.1",
    "    image: quay.io/minio/minio:RELEASE.2024-01-16T16-07-38Z",
    "    image: registry.example.com:5000/team/api:v1.2.3-rc.4",
    "    image: redis@sha256:6c6b4a5a3f1d2e0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b",
    "FROM node:20.11.1-bookworm-slim AS build",
    "FROM mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled",
    "FROM python:3.12-slim@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "FROM scratch",
    "COPY --from=build /app/dist /usr/share/nginx/html",
    // Actions and object ids.
    "      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
    "      - uses: actions/setup-node@v4",
    "      - uses: docker/login-action@9780b0c442fbb1117ed29e0efdff1e18412f7567 # v3.3.0",
    "  rev: 8c7d3f0e2b1a495867564738291a0b0c1d2e3f40",
    "commit 1301742fe5b7a8c9d0e1f2a3b4c5d6e7f8091a2b",
    "git checkout 1301742",
    "  ref: refs/heads/release-2024-06",
    "ARG GIT_SHA=8c7d3f0e2b1a495867564738291a0b0c1d2e3f40",
    "git+https://github.com/example/lib.git#8c7d3f0e2b1a495867564738291a0b0c1d2e3f40",
    "Subproject commit 8c7d3f0e2b1a495867564738291a0b0c1d2e3f40",
    // Digests of packages.
    "\"integrity\": \"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==\"",
    "<script src=\"/a.js\" integrity=\"sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC\">",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "md5: d41d8cd98f00b204e9800998ecf8427e",
    "checksum = \"5f5c3b2a1908f7e6d5c4b3a291807f6e5d4c3b2a190807f6e5d4c3b2a1908f7e\"",
    "ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/a.tgz /",
    "golang.org/x/sys v0.20.0 h1:Od9JTbYCk261bKm4M/mw7AklTlFYIa0bIp9BgSm1S8Y=",
    "etag: \"33a64df551425fcc55e4d42a148795d9\"",
    // Ports and addresses.
    "      - \"0.0.0.0:5432:5432\"",
    "      - 127.0.0.1:8080:80/tcp",
    "EXPOSE 8080 8443/tcp",
    "docker run -p8080:80 -p 127.0.0.1:9000:9000 nginx",
    "    listen [::]:443 ssl http2 default_server;",
    "host    all             all             0.0.0.0/0               trust",
    "host replication all 10.0.0.0/8 scram-sha-256",
    "bind 0.0.0.0 -::*",
    "    proxy_pass http://127.0.0.1:8080/api/;",
    "http://localhost:3000/health?verbose=1&timeout=30",
    "https://example.com/docs/2024/06/01/how-to-rotate-a-token.html",
    "redis://cache:6379/0",
    "postgres://db:5432/app?sslmode=disable",
    "amqp://rabbit.internal:5672/%2Fvhost",
    "DATABASE_HOST=db.internal.example.com",
    // Variables, and expressions that read them.
    "      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}",
    "      DB_PASSWORD: $DB_PASSWORD",
    "      API_KEY: ${{ secrets.API_KEY }}",
    "      GITHUB_TOKEN: ${{ github.token }}",
    "DATABASE_URL=postgres://${DB_USER}:${DB_PASSWORD}@${DB_HOST}:5432/app",
    "    proxy_set_header Authorization $http_authorization;",
    "password: {{ .Values.database.password }}",
    "password: \"{{ vault_db_password }}\"",
    "    secretKeyRef: {name: db-credentials, key: password}",
    "curl -H \"Authorization: Bearer $TOKEN\" https://api.example.com",
    "curl -u \"$USER:$PASSWORD\" https://api.example.com",
    "redis-cli -a \"$REDIS_PASSWORD\" ping",
    "mysql -u root -p\"$MYSQL_ROOT_PASSWORD\" app",
    "command: [\"redis-server\", \"--requirepass\", \"${REDIS_PASSWORD}\"]",
    "PASSWORD_FILE=/run/secrets/db_password",
    "POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password",
    "token = os.environ[\"API_TOKEN\"]",
    "--password-stdin --token-file /var/run/token",
    // Placeholders themselves show best what is wrong.
    "SECRET_KEY=CHANGE_ME",
    "API_KEY=<your-api-key>",
    "password: changeme-please-replace",
    "TOKEN=xxxxxxxxxxxx",
    // Keywords and switches.
    "    privileged: true",
    "    cap_add: [NET_ADMIN, SYS_PTRACE, DAC_READ_SEARCH]",
    "    security_opt: [\"no-new-privileges:true\", \"seccomp:unconfined\"]",
    "    restart: unless-stopped",
    "    read_only: true",
    "USER root",
    "RUN chmod -R 777 /var/www/html && chown -R www-data:www-data /var/www",
    "RUN curl -fsSL https://deb.nodesource.com/setup_20.x | bash -",
    "RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates=20230311",
    "ENV NODE_TLS_REJECT_UNAUTHORIZED=0 PYTHONDONTWRITEBYTECODE=1",
    "    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;",
    "    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305;",
    "    ssl_ciphers TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256;",
    "    add_header Content-Security-Policy \"default-src 'self'; script-src 'unsafe-inline'\";",
    "    add_header X-Frame-Options SAMEORIGIN always;",
    "    server_tokens on;",
    "password_encryption = md5",
    "ssl_min_protocol_version = 'TLSv1'",
    "protected-mode no",
    "requirepass",
    "max_tokens: 4096",
    "token_ttl: 3600",
    "permissions: {id-token: write, contents: read}",
    "    if: github.event.pull_request.head.repo.full_name == github.repository",
    "    runs-on: ubuntu-latest-16-cores",
    // Names of things, versions, dates, sentences.
    "container_name: my-application-backend-service-01",
    "    memory: 512Mi",
    "apiVersion: rbac.authorization.k8s.io/v1",
    "kind: HorizontalPodAutoscaler",
    "uid: 123e4567-e89b-12d3-a456-426614174000",
    "created: 2024-06-01T12:34:56.789Z",
    "serviceAccountName: kubernetes-dashboard-viewer",
    "# the password is read from the environment, and the token is not needed here",
    "# see https://example.com/issues/12345 for why this token: the old one expired",
    "/usr/lib/x86_64-linux-gnu/libssl.so.3",
    "com.example.application.configuration.SecurityConfiguration",
    "node_modules/.pnpm/@babel+core@7.24.5/node_modules/@babel/core/lib/index.js",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
];

#[test]
fn a_hundred_lines_stay_as_they_are() {
    let known = Known::default();
    let redactor = Redactor::new(&known, &NoFinder);
    assert!(LEGIBLE.len() >= 100, "{}", LEGIBLE.len());
    let masked: Vec<String> = LEGIBLE
        .iter()
        .flat_map(|line| {
            let parts = redactor.parts(line).into_iter();
            parts.map(move |part| format!("{line}: {}", &line[part]))
        })
        .collect();
    assert!(masked.is_empty(), "{}", masked.join("\n"));
}
