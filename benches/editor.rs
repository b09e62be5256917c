//! How long an editor waits: a text of 5,000 lines is scanned again after a keystroke, as a whole and as a version of the
//! one before.

use divan::Bencher;
use gonogo::{Document, Scanner, SettingsSource};

/// How many lines the text has.
const LINES: usize = 5_000;

/// What is edited.
const TEXTS: [&str; 4] = ["app.py", "settings.conf", "compose.yml", "locale.json"];

fn main() {
    divan::main();
}

/// A value that a generator may have made.
fn value(number: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut state = number as u64 + 1;
    let letters = (0..20).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005) ^ (state >> 29) ^ 0x5851_f42d;
        let at = usize::try_from(state >> 40).unwrap_or_default() % LETTERS.len();
        char::from(LETTERS[at])
    });
    letters.collect()
}

/// A text with a credential in every 250th line.
fn text(path: &str) -> String {
    let line = |number: usize| {
        let secret = number.is_multiple_of(250).then(|| value(number));
        match (path, number % 5, secret) {
            ("app.py", _, Some(secret)) => format!("password = \"{secret}\"\n"),
            ("app.py", 0, _) => format!("def handler_{number}(request, token=None):\n"),
            ("app.py", ..) => format!("    total += request.values[{number}] * self.factor\n"),
            ("compose.yml", 0, _) => format!("  web{number}:\n"),
            ("compose.yml", 1, _) => "    image: nginx:1.27\n".to_owned(),
            ("compose.yml", 2, _) => format!("    ports: [\"127.0.0.1:{number}:80\"]\n"),
            ("compose.yml", 3, _) => "    environment:\n".to_owned(),
            ("compose.yml", _, _) if number % 250 == 4 => {
                format!("      DB_PASSWORD: {}\n", value(number))
            }
            ("compose.yml", ..) => "      DB_PASSWORD: ${DB_PASSWORD}\n".to_owned(),
            ("locale.json", _, None) => {
                format!("  \"password.reset.{number}\": \"Reset your password\",\n")
            }
            ("locale.json", _, Some(secret)) => format!("  \"api_password\": \"{secret}\",\n"),
            (_, _, Some(secret)) => format!("db_password = {secret}\n"),
            _ => format!("worker.{number}.timeout = 30\n"),
        }
    };
    let head = match path {
        "compose.yml" => "services:\n",
        "locale.json" => "{\n",
        _ => "",
    };
    head.to_owned() + &(0..LINES).map(line).collect::<String>()
}

/// The text as it is after so many keystrokes in the middle of it.
fn typed(text: &str, count: usize) -> String {
    let middle = text[..text.len() / 2].rfind('\n').map_or(0, |end| end + 1);
    let comment = format!("# {}\n", "x".repeat(count));
    [&text[..middle], &comment, &text[middle..]].concat()
}

fn scanner() -> Scanner {
    Scanner::builder()
        .threads(1)
        .settings(SettingsSource::None)
        .build()
        .expect("nothing is set that could be wrong")
}

#[divan::bench(args = TEXTS)]
fn whole(bencher: Bencher, path: &str) {
    let (scanner, text) = (scanner(), text(path));
    bencher.bench_local(|| scanner.text(path, text.as_bytes()).map(|it| it.findings));
}

#[divan::bench(args = TEXTS)]
fn after_a_keystroke(bencher: Bencher, path: &str) {
    let (scanner, text) = (scanner(), text(path));
    let versions = [typed(&text, 3), typed(&text, 4)];
    let mut document = Document::new(path);
    let mut count = 0;
    bencher.bench_local(|| {
        count += 1;
        let report = scanner.document(&mut document, versions[count % 2].as_bytes());
        report.map(|it| it.findings)
    });
}
