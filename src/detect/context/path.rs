//! What a path shows about a file: its language, and whether it is shipped, a test, or only shown.

use crate::lexicon::{credential_file, path};

/// How values are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Language {
    /// Configuration: a bare word is a value, and takes effect as written.
    Settings,
    /// A program: a bare word is a name.
    Program,
    /// Text for people.
    Prose,
    /// Everything not recognised.
    Other,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Purpose {
    /// Code and settings that run in production.
    Shipped,
    /// Tests, fixtures, and what only runs in continuous integration.
    Test,
    /// Everything else that only developers run.
    Development,
    /// Documentation, and samples to copy and fill in.
    Sample,
    /// Texts that a program shows to people, in several languages.
    Translation,
    /// Someone else's work: lock files, bundles, vendored directories.
    Vendored,
}

/// What a path shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) struct Place {
    pub(in crate::detect) language: Language,
    pub(in crate::detect) purpose: Purpose,
}

/// Words in the directories and file names of translations.
const TRANSLATION_WORDS: [&str; 10] = [
    "intl",
    "lang",
    "langs",
    "languages",
    "locale",
    "locales",
    "i18n",
    "l10n",
    "translation",
    "translations",
];

/// Extensions of packages that others wrote, with the `!` between an archive and its members. Archives that are shipped
/// as a whole (`.war`, `.apk`, `.jar`) may be the project's own.
const PACKAGES: [&str; 7] = [
    ".whl!", ".egg!", ".nupkg!", ".crate!", ".gem!", ".vsix!", ".xpi!",
];

const SETTINGS_ENDINGS: [&str; 45] = [
    // HTTP requests and their variables.
    "http",
    "rest",
    "hurl",
    "bru",
    // Build and run settings.
    "props",
    "targets",
    "csproj",
    "textproto",
    "kdl",
    "env",
    // Response files of Oracle's installers.
    "rsp",
    "yml",
    "yaml",
    "ini",
    "cfg",
    "cnf",
    "conf",
    "config",
    "properties",
    "toml",
    "json",
    "xml",
    "tfvars",
    "sh",
    "service",
    "ipynb",
    "envrc",
    "secrets",
    "plist",
    "har",
    "jsonc",
    "json5",
    "bash",
    "zsh",
    "nomad",
    "reg",
    "exp",
    "bat",
    "cmd",
    "tfrc",
    // Router exports, openHAB things, preferences of desktop programs.
    "rsc",
    "boot",
    "things",
    "pref",
    "sls",
];

const PROSE_ENDINGS: [&str; 15] = [
    "md", "markdown", "mdx", "rst", "adoc", "asciidoc", "txt", "html", "htm", "shtml", "mhtml",
    "mht", "po", "tex", "textile",
];

#[rustfmt::skip]
const PROGRAM_ENDINGS: [&str; 89] = [
    "c", "cc", "cpp", "h", "hpp", "cs", "go", "java", "kt", "kts", "scala", "groovy", "gradle",
    "js", "jsx", "mjs", "cjs", "ts", "tsx", "vue", "svelte", "py", "rb", "erb", "rake", "php",
    "pl", "pm", "rs", "swift", "m", "mm", "lua", "ex", "exs", "dart", "sql", "ps1", "tf", "sbt",
    "bicep", "bzl", "clj", "cljc", "cljs", "cmake", "coffee", "cr", "cxx", "d", "edn", "el", "erl", "fish", "fs", "fsx", "gd", "hcl",
    "hrl", "hs", "hxx", "ino", "jl", "jsonnet", "libsonnet", "lisp", "ml", "mli", "mts", "cts", "nim", "nix", "pas", "pp", "psd1",
    "psm1", "pyi", "r", "rbi", "rbs", "rkt", "scm", "sol", "star", "tac", "tcl", "vb", "vim", "zig",
];

impl Place {
    /// Returns what `path` shows; its parts are separated by `/`.
    pub(in crate::detect) fn of(path: &str) -> Self {
        let in_camel_case = path.split('/').any(is_camel_case_test);
        let path = path.to_ascii_lowercase();
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let is_for_credentials = credential_file::is_credential_file(&path);
        let purpose = match purpose(folders, name) {
            // A credential file is not documentation, and neither is a shell history.
            Purpose::Sample if is_for_credentials && !is_shown(folders, name) => Purpose::Shipped,
            Purpose::Shipped | Purpose::Sample | Purpose::Development if in_camel_case => {
                Purpose::Test
            }
            purpose => purpose,
        };
        let language = match language(name) {
            _ if is_for_credentials => Language::Settings,
            Language::Other if credential_file::is_called_settings(&path) => Language::Settings,
            language => language,
        };
        Self { language, purpose }
    }
}

impl Place {
    /// The same for a cell of a table: cells are written as settings are, except in documentation. A `.txt` file may be
    /// just a table.
    pub(in crate::detect) fn of_table(self, path: &str) -> Self {
        let is_prose = self.language == Language::Prose && !path.ends_with(".txt");
        Self {
            language: if is_prose {
                Language::Prose
            } else {
                Language::Settings
            },
            ..self
        }
    }
}

impl Place {
    /// The same for an HTML page, whatever its file is called: prose for people, unless it is a template.
    pub(in crate::detect) fn of_page(self, path: &str) -> Self {
        #[rustfmt::skip]
        const TEMPLATES: [&str; 44] = [
            "php", "php5", "phtml", "inc", "tpl", "erb", "rhtml", "ejs", "hbs", "handlebars", "mustache", "jsp", "jspx", "jspf", "asp",
            "aspx", "ascx", "master", "cshtml", "vbhtml", "razor", "twig", "njk", "nunjucks", "jinja", "jinja2", "j2", "liquid", "ftl",
            "ftlh", "vm", "tmpl", "template", "gohtml", "tt", "mako", "cfm", "vue", "svelte", "astro", "heex", "eex", "gsp", "xhtml",
        ];
        let ending = path.rsplit(['.', '/']).next().unwrap_or(path);
        if TEMPLATES
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
        {
            return self;
        }
        Self {
            language: Language::Prose,
            purpose: match self.purpose {
                Purpose::Shipped | Purpose::Development => Purpose::Sample,
                purpose => purpose,
            },
        }
    }
}

/// Returns whether a file is written in directives, each a name, a space and a value: settings of servers and devices.
/// They have one of these extensions, or none and a name or directory of settings.
pub(in crate::detect) fn has_directives(path: &str) -> bool {
    const ENDINGS: [&str; 12] = [
        "robot",
        "resource",
        "conf",
        "cfg",
        "cnf",
        "config",
        "boot",
        "rsc",
        "rc",
        "startup",
        "running",
        "properties",
    ];
    let path = path.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    match name.trim_start_matches('.').rsplit_once('.') {
        Some((_, ending)) => ENDINGS.contains(&ending),
        None => {
            Place::of(&path).language == Language::Settings
                && !credential_file::is_typed_history(name)
        }
    }
}

/// Returns whether a file holds settings in which `${NAME:…}` gives a default that no audit reads.
pub(in crate::detect) fn has_defaults(path: &str) -> bool {
    const ENDINGS: [&str; 5] = [".properties", ".yml", ".yaml", ".conf", ".toml"];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending)) && !name.contains("compose")
}

/// Whether the words of a path say that the file is documentation or a sample. In the file name, words of documentation
/// do not count, since shell histories have one.
fn is_shown(folders: &str, name: &str) -> bool {
    let is_sample = |word: &str| path::is_sample_word(word);
    folders
        .split('/')
        .any(|folder| path::has_word(folder, |word| is_sample(word) || path::is_prose_word(word)))
        || path::has_word(name, |word| is_sample(word) || path::is_sample_name(word))
}

fn language(name: &str) -> Language {
    let stem = sample_stem(name);
    let ending = stem.rsplit('.').next().unwrap_or(stem);
    // `.env`, `.env.production`, `prod.env`; `Dockerfile.web`; files without an extension but with a known name.
    let is_env = stem == ".env" || stem.starts_with(".env.") || stem.starts_with("env.");
    let is_directives = stem == "caddyfile";
    if is_env
        || is_directives
        || SETTINGS_ENDINGS.contains(&ending)
        || stem.starts_with("dockerfile")
    {
        Language::Settings
    } else if PROGRAM_ENDINGS.contains(&ending) || stem == "cmakelists.txt" {
        Language::Program
    } else if PROSE_ENDINGS.contains(&ending)
        || ["license", "copying", "readme", "changelog"].contains(&stem)
    {
        Language::Prose
    } else {
        Language::Other
    }
}

/// The name without the extensions that mark it as a sample: `.env` of `.env.example`, `app.yml` of `app.yml.dist`.
fn sample_stem(name: &str) -> &str {
    let mut stem = name;
    while let Some((rest, ending)) = stem.rsplit_once('.') {
        if rest.is_empty()
            || !path::is_sample_name(ending)
                && !path::is_prose_word(ending)
                && !matches!(ending, "j2" | "erb" | "bak")
        {
            break;
        }
        stem = rest;
    }
    stem
}

fn purpose(folders: &str, name: &str) -> Purpose {
    let whole = folders;
    let mut folders = folders.split('/').filter(|folder| !folder.is_empty());
    let is_lock = is_lock_file(name);
    let is_bundle = name.ends_with(".min.js")
        || name.ends_with(".dart.js")
        || name.ends_with(".bundle.js")
        || name.ends_with(".min.css")
        || name.ends_with(".map");
    let is_sample = |word: &str| path::is_sample_word(word) || path::is_prose_word(word);
    if is_lock
        || is_bundle
        || folders
            .clone()
            .any(|folder| path::is_vendored_folder(folder) || is_package(folder))
        || is_npm_package(folders.clone())
        || path::is_declaration(&format!("{whole}/{name}"))
    {
        Purpose::Vendored
    } else if folders
        .clone()
        .chain([name])
        .any(|part| path::has_word(part, |word| TRANSLATION_WORDS.contains(&word)))
        || is_locale_file(name)
    {
        Purpose::Translation
    } else if folders.clone().any(path::is_ci_folder)
        || matches!(
            name,
            ".travis.yml" | ".gitlab-ci.yml" | "appveyor.yml" | "azure-pipelines.yml"
        )
        || path::is_test_settings(name)
        || folders
            .clone()
            .chain([name])
            .any(|part| path::has_word(part, path::is_test_word))
    {
        Purpose::Test
    } else if folders.any(|folder| path::has_word(folder, is_sample))
        || path::has_word(name, is_sample)
        || path::has_word(name, path::is_sample_name)
        || name
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending != "txt" && PROSE_ENDINGS.contains(&ending))
    {
        // `.txt` is not among them: any text may have it, and little of that is documentation.
        Purpose::Sample
    } else if path::is_for_developers(&format!("{whole}/{name}")) {
        Purpose::Development
    } else {
        Purpose::Shipped
    }
}

/// Whether a file is a package manager's lock file, or an old copy of one: `yarn.lock.old`, `package-lock.json~`.
fn is_lock_file(name: &str) -> bool {
    const NAMES: [&str; 6] = [
        "npm-shrinkwrap.json",
        "go.sum",
        "package.resolved",
        "packages.lock.json",
        "gradle.lockfile",
        "bun.lockb",
    ];
    const COPIES: [&str; 11] = [
        ".old", ".orig", ".bak", ".backup", ".save", ".prev", ".new", ".tmp", ".copy", ".rej", ".1",
    ];
    let name = name.trim_end_matches('~');
    let name = COPIES
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    [".lock", "-lock.json", "-lock.yaml", "-lock.yml"]
        .iter()
        .any(|end| name.ends_with(end))
        || NAMES.contains(&name)
}

/// Whether a file is named after a language, `de.json`, or a language and a country, `de-ch.json`, or is part of a
/// resource bundle: `messages_pt_br.properties`, `ValidationMessages_fr.properties`, `Resources.de.resx`.
fn is_locale_file(name: &str) -> bool {
    const ENDINGS: [&str; 8] = [
        "json",
        "yml",
        "yaml",
        "properties",
        "php",
        "js",
        "ts",
        "arb",
    ];
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return false;
    };
    is_bundle_of_texts(stem, ending)
        || ENDINGS.contains(&ending) && (names_locale(stem) || LANGUAGES.contains(&stem))
}

/// Language codes that are used as file names and mean nothing else. `id`, `my`, `ca` and `kv` do mean other things.
#[rustfmt::skip]
const LANGUAGES: [&str; 58] = [
    "af", "ar", "az", "be", "bg", "bn", "bs", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fr",
    "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "is", "it", "ja", "ka", "kk", "ko", "lt", "lv", "mk", "mn", "nb", "nl",
    "nn", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "th", "tr", "uk", "ur", "uz", "vi", "zh", "zu",
];

/// Whether `text` is a language and a country: `pt_br`.
fn names_locale(text: &str) -> bool {
    let parts = text.split_once(['-', '_']);
    parts.is_some_and(|(language, country)| is_two_letters(language) && is_two_letters(country))
}

fn is_two_letters(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether a file is a resource bundle of Java or .NET: its name says so and has a language. Without a language, only
/// `.properties` with an unambiguous name count, since `resources` and `bundle` also name settings.
fn is_bundle_of_texts(stem: &str, ending: &str) -> bool {
    const TEXTS: [&str; 8] = [
        "messages",
        "message",
        "labels",
        "strings",
        "resources",
        "bundle",
        "texts",
        "captions",
    ];
    let sign = match ending {
        "properties" => '_',
        "resx" | "resw" => '.',
        _ => return false,
    };
    let (base, locale) = stem.split_once(sign).unwrap_or((stem, ""));
    let has_texts = || ending == "properties" && !matches!(base, "resources" | "bundle");
    let is_locale = match locale {
        "" => has_texts(),
        _ => is_two_letters(locale) || names_locale(locale),
    };
    is_locale && TEXTS.iter().any(|word| base.ends_with(word))
}

fn is_package(folder: &str) -> bool {
    PACKAGES.iter().any(|ending| folder.ends_with(ending))
}

/// Whether a path is inside a package of npm, which packs everything in a directory called `package`.
fn is_npm_package<'f>(folders: impl Iterator<Item = &'f str> + Clone) -> bool {
    let inner = folders.clone().skip(1);
    folders
        .zip(inner)
        .any(|(outer, inner)| outer.ends_with(".tgz!") && inner == "package")
}

/// Whether a name marks a test by words in camel case: `UserServiceTest.java`, `TestHelper.kt`.
fn is_camel_case_test(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part);
    let begins = stem
        .strip_prefix("Test")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    begins
        || [
            "Test", "Tests", "Spec", "TestCase", "IT", "Seeder", "Seed", "Seeds", "Mock", "Mocks",
            "Fixture", "Fixtures", "Stub",
        ]
        .iter()
        .any(|end| stem.len() > end.len() && stem.ends_with(end))
        || ["Dummy", "Seed", "Seeder"]
            .iter()
            .any(|word| has_camel_case_word(stem, word))
}

/// Whether `word` is one of the words of a name in camel case: `Dummy` in `SetupDummyAccount`.
fn has_camel_case_word(stem: &str, word: &str) -> bool {
    let behind = stem.find(word).map(|at| &stem[at + word.len()..]);
    behind.is_some_and(|behind| {
        behind.is_empty() || behind.starts_with(|c: char| c.is_ascii_uppercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, language: Language, purpose: Purpose) {
        assert_eq!(Place::of(path), Place { language, purpose }, "{path}");
    }

    #[test]
    fn settings_are_told_from_programs() {
        check(".env", Language::Settings, Purpose::Shipped);
        check("a/.env.production", Language::Settings, Purpose::Shipped);
        check("prod.env", Language::Settings, Purpose::Shipped);
        check(
            "deploy/docker-compose.yml",
            Language::Settings,
            Purpose::Shipped,
        );
        check("Dockerfile.web", Language::Settings, Purpose::Shipped);
        check("app/models/user.rb", Language::Program, Purpose::Shipped);
        check("LICENSE", Language::Prose, Purpose::Shipped);
        check("hosts", Language::Settings, Purpose::Shipped);
        check("payload", Language::Other, Purpose::Shipped);
        check(".git-credentials", Language::Settings, Purpose::Shipped);
        check("home/.bash_history", Language::Settings, Purpose::Shipped);
        check("HISTORY.md", Language::Prose, Purpose::Sample);
        check("keys.txt", Language::Prose, Purpose::Shipped);
        check("docs/keys.txt", Language::Prose, Purpose::Sample);
        check("readme.txt", Language::Prose, Purpose::Sample);
        check("docs/.npmrc", Language::Settings, Purpose::Sample);
    }

    #[test]
    fn pages_are_text_whatever_they_are_called() {
        let of = |path: &str| Place::of(path).of_page(path);
        for path in [
            "public/fonts/a.ttf",
            "logo.png",
            "page",
            "data.json",
            "app.js",
        ] {
            let expected = Place {
                language: Language::Prose,
                purpose: Purpose::Sample,
            };
            assert_eq!(of(path), expected, "{path}");
        }
        for path in ["index.php", "views/a.erb", "a.jsp", "src/App.vue"] {
            assert_eq!(of(path), Place::of(path), "{path}");
        }
        assert_eq!(of("test/a.ttf").purpose, Purpose::Test);
    }

    #[test]
    fn samples_keep_the_language_of_what_they_are_a_sample_of() {
        check(".env.example", Language::Settings, Purpose::Sample);
        check("config/app.yml.dist", Language::Settings, Purpose::Sample);
        check("docs/setup.yml", Language::Settings, Purpose::Sample);
        check("README.md", Language::Prose, Purpose::Sample);
        check("api/openapi.yaml", Language::Settings, Purpose::Sample);
        check(
            "chart/templates/a.yaml",
            Language::Settings,
            Purpose::Shipped,
        );
        check(
            "config/app.template.yml",
            Language::Settings,
            Purpose::Sample,
        );
    }

    #[test]
    fn tests_and_vendored_files_are_recognised() {
        check("spec/models/user_spec.rb", Language::Program, Purpose::Test);
        check("src/UserServiceTest.java", Language::Program, Purpose::Test);
        check(
            ".github/workflows/ci.yml",
            Language::Settings,
            Purpose::Test,
        );
        check(
            "web/node_modules/x/.env",
            Language::Settings,
            Purpose::Vendored,
        );
        check(
            "web/lang/lang.da-dk.json",
            Language::Settings,
            Purpose::Translation,
        );
        check(
            "resources/plugins/de.json",
            Language::Settings,
            Purpose::Translation,
        );
        check("config/ca.json", Language::Settings, Purpose::Shipped);
        for name in ["messages_fr", "Messages", "ValidationMessages_pt_BR"] {
            let path = format!("src/main/resources/{name}.properties");
            check(&path, Language::Settings, Purpose::Translation);
        }
        let name = "src/application_it.properties";
        check(name, Language::Settings, Purpose::Shipped);
        check("tox.ini", Language::Settings, Purpose::Test);
        check(
            "app/DemoSeederCommand.php",
            Language::Program,
            Purpose::Test,
        );
        check(
            "scripts/make_testusers.sh",
            Language::Settings,
            Purpose::Test,
        );
        check("yarn.lock", Language::Other, Purpose::Vendored);
        for name in [
            "yarn.lock.old",
            "package-lock.json.bak",
            "Gemfile.lock.orig",
            "a/go.sum",
            "composer.lock~",
        ] {
            assert_eq!(Place::of(name).purpose, Purpose::Vendored, "{name}");
        }
        assert_eq!(Place::of("lock.old").purpose, Purpose::Shipped);
        for name in [
            "sorbet/rbi/gems/shop@1.0.rbi",
            "typings/shop/a.pyi",
            "web/@types/a.d.ts",
        ] {
            check(name, Language::Program, Purpose::Vendored);
        }
        check(
            "sorbet/rbi/shims/a.rbi",
            Language::Program,
            Purpose::Shipped,
        );
        check("main.dart.js", Language::Program, Purpose::Vendored);
        check("a/b-1.0.whl!/b/c.py", Language::Program, Purpose::Vendored);
        check(
            "a/b.tgz!/package/c.js",
            Language::Program,
            Purpose::Vendored,
        );
        check("a/b.jar!/c.yml", Language::Settings, Purpose::Shipped);
        check("config/latest.yml", Language::Settings, Purpose::Shipped);
        check("contest/app.rb", Language::Program, Purpose::Shipped);
        check(
            "app/SetupDummyAccount.php",
            Language::Program,
            Purpose::Test,
        );
        check("app/SeedsmanPlan.php", Language::Program, Purpose::Shipped);
        check(".env.travis", Language::Settings, Purpose::Development);
    }
}
