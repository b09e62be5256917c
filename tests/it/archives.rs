//! Secrets in archives and other files that are not text.

use std::io::{self, Cursor, Read, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::{Report, World, secret_line, token};

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(mut bytes: impl Read) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    io::copy(&mut bytes, &mut gzip).unwrap();
    gzip.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut reader = bzip2::read::BzEncoder::new(bytes, bzip2::Compression::fast());
    reader.read_to_end(&mut packed).unwrap();
    packed
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    xz.write_all(bytes).unwrap();
    xz.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Scans a folder with one file.
fn scan(name: &str, bytes: &[u8]) -> Report {
    scan_with(name, bytes, &[])
}

fn scan_with(name: &str, bytes: &[u8], options: &[&str]) -> Report {
    let world = World::new();
    let folder = world.folder("tree");
    world.write(&format!("tree/{name}"), bytes);
    world.gonogo(&folder).arg("scan").args(options).report()
}

/// Checks that the token is in the second line of this member, and nothing was left unscanned.
#[track_caller]
fn check(name: &str, bytes: &[u8], full_path: &str) {
    let report = scan(name, bytes);
    let found = report.only(&token("a"));
    assert_eq!(
        (found.full_path(), found.location.start.line),
        (full_path.to_owned(), 2)
    );
    assert_eq!(report.coverage.gaps.len(), 0, "{:?}", report.coverage);
    assert!(report.coverage.members > 0 && !found.location.binary);
}

fn text() -> Vec<u8> {
    format!("# settings\n{}", secret_line("a")).into_bytes()
}

#[test]
fn every_kind_of_archive_is_unpacked() {
    let text = text();
    check(
        "a.zip",
        &zip(&[("b/", b""), ("b/c.conf", &text)]),
        "a.zip!/b/c.conf",
    );
    check(
        "lib/a.jar",
        &zip(&[("c.properties", &text)]),
        "lib/a.jar!/c.properties",
    );
    let tar = tar(&[("b/x", b"x"), ("b/c.conf", &text)]);
    check("a.tar", &tar, "a.tar!/b/c.conf");
    for (name, packed) in [
        ("a.tgz", gzip(&*tar)),
        ("a.tar.bz2", bzip2(&tar)),
        ("a.tar.xz", xz(&tar)),
        ("a.tar.zst", zstd(&tar)),
    ] {
        check(name, &packed, &format!("{name}!/b/c.conf"));
    }
    for (name, packed) in [
        ("c.conf.gz", gzip(&*text)),
        ("c.conf.bz2", bzip2(&text)),
        ("c.conf.xz", xz(&text)),
        ("c.conf.zst", zstd(&text)),
    ] {
        check(name, &packed, &format!("{name}!/c.conf"));
    }
}

#[test]
fn what_an_archive_is_called_means_nothing() {
    check("logo.png", &zip(&[("a", &text())]), "logo.png!/a");
    check("data", &gzip(&*text()), "data!/data");
    let plain = scan("plain.zip", &text());
    assert_eq!(plain.only(&token("a")).full_path(), "plain.zip");
}

#[test]
fn members_in_utf16_and_without_a_list_are_read() {
    let mut wide = vec![0xff, 0xfe];
    wide.extend(utf16(&String::from_utf8(text()).unwrap()));
    check("a.zip", &zip(&[("b.reg", &wide)]), "a.zip!/b.reg");
    let whole = zip(&[("b.conf", &text()), ("c.conf", &text().repeat(100))]);
    let report = scan("a.zip", &whole[..whole.len() - 120]);
    assert!(
        report
            .findings
            .iter()
            .any(|found| found.full_path() == "a.zip!/b.conf")
    );
    assert_eq!((report.gap_kinds(), report.code), (vec!["archive"], 1));
    assert!(!report.gap("archive").undecided);
}

#[test]
fn archives_lie_in_archives_as_deep_as_it_is_allowed() {
    let mut bytes = zip(&[("0.conf", &text())]);
    for depth in 1..4 {
        bytes = zip(&[(&format!("{depth}.zip"), &bytes)]);
    }
    let report = scan("4.zip", &bytes);
    assert_eq!(report.findings.len(), 0);
    let reason = &report.gap("archive").reason;
    assert_eq!(
        reason,
        "1 archive is nested deeper than --max-archive-depth 3"
    );
    let deeper = ["--max-archive-depth", "4"];
    let report = scan_with("4.zip", &bytes, &deeper);
    let path = report.only(&token("a")).full_path();
    assert_eq!(path, "4.zip!/3.zip!/2.zip!/1.zip!/0.conf");
    let report = scan_with("a.zip", &bytes, &["--max-archive-depth", "0"]);
    assert_eq!((report.findings.len(), report.coverage.gaps.len()), (0, 0));
    assert_eq!((report.coverage.members, report.code), (0, 0));
    let inner = gzip(&*text());
    let report = scan("a.zip", &zip(&[("b/c.conf.gz", &inner)]));
    assert_eq!(
        report.only(&token("a")).full_path(),
        "a.zip!/b/c.conf.gz!/c.conf"
    );
}

#[test]
fn what_is_damaged_counts_as_far_as_it_can_be_read() {
    let noise: Vec<u8> = (0..60_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let members: [(&str, &[u8]); 2] = [("b.conf", &text()), ("c", &noise)];
    let tar = tar(&members);
    for (name, whole) in [
        ("a.tgz", gzip(&*tar)),
        ("a.tar.xz", xz(&tar)),
        ("a.tar", tar.clone()),
        ("a.zip", zip(&members)),
    ] {
        let report = scan(name, &whole[..whole.len() - 70_000]);
        let path = report.only(&token("a")).full_path();
        assert_eq!(path, format!("{name}!/b.conf"));
        assert_eq!(report.gap_kinds(), ["archive"], "{name}");
    }
}

#[test]
fn nothing_is_worth_no_gap_but_what_only_begins_like_an_archive_is() {
    for bytes in [zip(&[]), tar(&[]), gzip(&b""[..])] {
        let report = scan("a", &bytes);
        assert_eq!((report.coverage.gaps.len(), report.code), (0, 0));
    }
    let mut fake = b"\x1f\x8b\x08\0 no such thing \0".to_vec();
    fake.extend(token("a").as_bytes());
    let report = scan("a.gz", &fake);
    assert_eq!(
        report.gap("archive").reason,
        "it is damaged, or not an archive of this type"
    );
    assert!(report.only(&token("a")).location.binary);
}

#[test]
fn encrypted_members_are_counted() {
    let mut bytes = zip(&[
        ("a.conf", b"other"),
        ("b.conf", &text()),
        ("c.conf", &text()),
    ]);
    // The flag is in the header of a member and in the central directory.
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> = memchr::memmem::find_iter(&bytes, mark).collect();
        for place in &places[1..] {
            bytes[place + flags] |= 1;
        }
    }
    let report = scan("a.zip", &bytes);
    assert_eq!((report.findings.len(), report.coverage.members), (0, 1));
    assert_eq!(report.gap("archive").reason, "2 members are encrypted");
}

#[test]
fn bombs_are_defused() {
    let zeros = |size: u64| gzip(io::repeat(0).take(size));
    let report = scan("a.gz", &zeros(1 << 28));
    let reason = &report.gap("archive").reason;
    assert!(reason.starts_with("it unpacks to more than"), "{reason}");
    // Layers of bombs within bombs count as one.
    let layer = zip(&[
        ("a", &zeros(1 << 25)),
        ("b", &zeros(1 << 25)),
        ("c", &zeros(1 << 25)),
    ]);
    let report = scan("a.zip", &zip(&[("a.zip", &layer), ("b.zip", &layer)]));
    assert_eq!(report.gap_kinds(), ["archive"]);
    assert!(report.coverage.members < 5);
}

#[test]
fn many_members_and_absurd_sizes_are_bounded() {
    let header = |size: u64, kind: tar::EntryType| {
        let mut header = tar::Header::new_gnu();
        header.set_path("a").unwrap();
        header.set_size(size);
        header.set_entry_type(kind);
        header.set_cksum();
        header.as_bytes().to_vec()
    };
    let empty = header(0, tar::EntryType::Regular).repeat(110_000);
    let report = scan("a.tar", &empty);
    let reason = &report.gap("archive").reason;
    assert_eq!(
        reason,
        "it has more than 100000 members; the rest was not scanned"
    );
    for kind in [
        tar::EntryType::GNULongName,
        tar::EntryType::XHeader,
        tar::EntryType::GNUSparse,
    ] {
        let report = scan("a.tar", &header(u64::MAX >> 1, kind));
        assert_eq!(report.gap_kinds(), ["archive"], "{kind:?}");
    }
    let report = scan("a.tar", &header(u64::MAX >> 1, tar::EntryType::Regular));
    assert!(
        report
            .gap("archive")
            .reason
            .contains("larger than --max-file-size")
    );
    let report = scan_with(
        "a.zip",
        &zip(&[("b", &text())]),
        &["--max-file-size", "300"],
    );
    assert_eq!(report.findings.len(), 1);
    let large = zip(&[("a", &[b'a'; 400]), ("b", &text())]);
    let report = scan_with("a.zip", &large, &["--max-file-size", "399"]);
    assert_eq!(report.findings.len(), 1);
    assert!(
        report
            .gap("archive")
            .reason
            .starts_with("1 member is larger")
    );
}

#[test]
fn strings_are_found_in_what_is_no_text() {
    let token = token("a");
    let noise: Vec<u8> = (0..=255).chain(0..99).collect();
    let narrow = [&noise, token.as_bytes(), b"\0", &noise].concat();
    let wide = [&noise, utf16(&token).as_slice(), b"\0\x01", &noise].concat();
    // A string with its length in the byte before it, which could be one of its letters.
    let length = u8::try_from(token.len() + 20).unwrap();
    let told = [b"\0".as_slice(), &[length], token.as_bytes(), b"\0"].concat();
    let told = [told, vec![0; 40]].concat();
    for (bytes, start, width) in [(&narrow, 355, 1), (&wide, 355, 2), (&told, 2, 1)] {
        let report = scan("a.bin", bytes);
        let found = report.only(&token);
        assert!(found.location.binary);
        let (from, to) = (found.location.start.byte, found.location.end.byte);
        assert_eq!((from, to), (start, start + (token.len() - 1) * width + 1));
    }
    let inside = scan("a.zip", &zip(&[("b.class", &narrow)]));
    let found = inside.only(&token);
    assert_eq!(
        (found.full_path(), found.location.binary),
        ("a.zip!/b.class".to_owned(), true)
    );
}

#[test]
fn images_are_looked_at_on_either_end() {
    let noise: Vec<u8> = (0..200_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let (first, last) = (token("first"), token("last"));
    let start = [b"\x89PNG\r\n\x1a\n\0tEXt\0", first.as_bytes(), b"\0"].concat();
    let report = scan(
        "a.png",
        &[&start, &noise[..], b"\0", last.as_bytes(), b"\0"].concat(),
    );
    assert_eq!(report.only(&first).location.start.byte, 14);
    let end = report.only(&last).location.start.byte;
    assert_eq!(end, start.len() + noise.len() + 1);
}

#[test]
fn long_strings_in_the_middle_of_images_are_looked_at() {
    let noise = vec![0xff_u8; 300_000];
    let token = token("middle");
    // Also across the end of what is searched byte by byte.
    for at in [65_500, 65_520, 65_536, 65_537, 150_003, 234_400, 234_480] {
        let mut bytes = [b"\x89PNG\r\n\x1a\n\0", &noise[..]].concat();
        bytes[at..at + token.len()].copy_from_slice(token.as_bytes());
        let report = scan("a.png", &bytes);
        assert_eq!(report.only(&token).location.start.byte, at);
        let wide: Vec<u8> = token.bytes().flat_map(|byte| [byte, 0]).collect();
        let mut bytes = [b"\x89PNG\r\n\x1a\n\0", &noise[..]].concat();
        bytes[150_000..150_000 + wide.len()].copy_from_slice(&wide);
        assert_eq!(scan("a.png", &bytes).findings.len(), 1);
    }
}

#[test]
fn names_mean_nothing_in_what_is_no_text() {
    let lines = b"\0password = 'k8Wq2LzPm4tX'\0api_key=f3b9c2e1d4a5968778695a4b3c2d1e0f\0";
    assert_eq!(scan("a.bin", lines).findings.len(), 0);
    let report = scan(
        "a.zip",
        &zip(&[("b.conf", b"db_password = 'k8Wq2LzPm4tX'\n")]),
    );
    assert_eq!(report.findings.len(), 1);
}

/// Compilers place constants right next to each other, and function names consist of words.
#[test]
fn what_touches_in_a_program_is_no_credential() {
    let padded = |text: &str| [&[0, 1, 2, 0xff, 0][..], text.as_bytes(), &[0, 0xfe, 3]].concat();
    for constants in [
        r#"the program has.password<|||>"password v2"=*encoded*conntype="type="connection"password"=hex:passwordviewonly"=hex:"#,
        "taglibpackrankspecruste2b_da2-ovh_hvr.fillnfu_jirawordtotpibanslaselseENC[SEEDforklookprefthisenv:CDATwhat",
        "certocspdnl kong+amcazcaeztkelifget(OBF:stubbailntlm1024.css.crtSQL_.hbs.hardbpwpa55soloa",
        "get(OBF:mainsalt.css",
        "_RNvXNvCsg9BgHlmvfCH_8ls_typessu_1__NtBG_16ChangeAnnotationNtB4_11Deserialize11deserialize9___VisitorNtB4_8Expected3fmt",
        "N5boost13serialization25extended_type_info_typeidISt4pairImSt6vectorImSaImEEEEE",
        "keybig5_chinese_cibigint unsignedbtc_addr_bech32buildCustomCertcannot slice %vcapi_status.txtchar(36) binarycheck_violationclientFound",
    ] {
        let report = scan("a.bin", &padded(constants));
        assert!(
            report.findings.is_empty(),
            "{constants}: {:?}",
            report.findings
        );
    }
}

#[test]
fn what_is_a_string_of_its_own_in_a_program_counts() {
    let key = STANDARD.encode(
        (0..64_u8)
            .map(|n| n.wrapping_mul(167) ^ 0x5a)
            .collect::<Vec<_>>(),
    );
    let random = ["kP3vQ8xZ1mN7", "tR5wY2bD", "9cF4hJ6s", "L0aG3eUi"].concat();
    for (before, value, behind) in [
        (
            "AccountName=acmeshop;AccountKey=",
            key.as_str(),
            ";EndpointSuffix=core.windows.net",
        ),
        ("OBF:", "1v2j1uum1xtv1zej1zer1xtn1uvk1v1v", ""),
        ("hvr.", random.as_str(), ""),
    ] {
        let string = [before, value, behind].concat();
        let bytes = [&[0, 1, 2, 0xff, 0][..], string.as_bytes(), &[0, 0xfe, 3]].concat();
        let report = scan("a.bin", &bytes);
        assert_eq!(report.findings.len(), 1, "{before}");
    }
}

#[test]
fn archives_are_scanned_wherever_they_come_from() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.txt", "first\n");
    let old = zip(&[("b/c.conf", &text()), ("b/d.conf", &text())]);
    repo.commit_file("lib/old.zip", old);
    repo.commit_removal("lib/old.zip");
    repo.commit_file("settings.conf.gz", gzip(secret_line("b").as_bytes()));
    let report = repo.gonogo().arg("scan").report();
    let old = report.only(&token("a"));
    assert_eq!(
        (old.full_path().as_str(), old.presence()),
        ("lib/old.zip!/b/c.conf", "history")
    );
    assert_eq!(old.life().blobs, 1);
    let new = report.only(&token("b"));
    assert_eq!(new.full_path(), "settings.conf.gz!/settings.conf");
    assert_eq!(
        (new.origin.kind.as_str(), new.presence()),
        ("worktree", "head")
    );
    let range = repo
        .gonogo()
        .args(["scan", "--range", "HEAD~3..HEAD"])
        .report();
    assert_eq!(range.only(&token("a")).full_path(), "lib/old.zip!/b/c.conf");
    repo.write("new.zip", zip(&[("d.conf", secret_line("c").as_bytes())]));
    repo.git(&["add", "new.zip"]);
    let staged = repo.gonogo().args(["scan", "--staged"]).report();
    assert_eq!(staged.only(&token("c")).full_path(), "new.zip!/d.conf");
}

#[test]
fn a_cache_changes_nothing() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.zip", zip(&[("b.conf", &text()), ("c", b"x")]));
    repo.commit_file("b.zip", &zip(&[("b", &text().repeat(90))])[..90]);
    repo.commit_file(
        "c.bin",
        [b"\0".as_slice(), token("d").as_bytes(), b"\0"].concat(),
    );
    repo.commit_removal("a.zip");
    let without = repo.gonogo().args(["scan", "-f", "json"]).run().stdout;
    assert!(without.contains("a.zip"));
    let cache = world.path("cache");
    let cache = cache.to_str().unwrap();
    for _ in 0..3 {
        let run = repo
            .gonogo()
            .args(["scan", "-f", "json", "--cache", cache])
            .run();
        assert_eq!(
            (run.stdout.as_str(), run.stderr.as_str()),
            (without.as_str(), "")
        );
    }
    repo.commit_file("d.txt", "more\n");
    let with = repo
        .gonogo()
        .args(["scan", "-f", "json", "--cache", cache])
        .run();
    let without = repo.gonogo().args(["scan", "-f", "json"]).run();
    assert_eq!(with.stdout, without.stdout);
}

#[test]
fn paths_of_members_can_be_named() {
    let world = World::new();
    let folder = world.folder("tree");
    let lines = zip(&[
        ("test/b.conf", &text()),
        ("c.conf", secret_line("b").as_bytes()),
    ]);
    world.write("tree/lib/a.zip", lines);
    let findings = |exclude: &str| {
        world.write(
            "tree/gonogo.toml",
            format!("[paths]\nexclude = [\"{exclude}\"]\n"),
        );
        world.gonogo(&folder).arg("scan").report().findings.len()
    };
    assert_eq!(findings("nothing"), 2);
    assert_eq!(findings("lib/*.zip"), 0);
    assert_eq!(findings("lib/a.zip!/c.conf"), 1);
    assert_eq!(findings("test/"), 1);
}

#[test]
fn sarif_names_the_file_that_is_there() {
    let world = World::new();
    let folder = world.folder("tree");
    world.write("tree/a.zip", zip(&[("b/c.conf", &text())]));
    let run = world.gonogo(&folder).args(["scan", "-f", "sarif"]).run();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let result = &report["runs"][0]["results"][0];
    let place = &result["locations"][0];
    let file = &place["physicalLocation"];
    assert_eq!(file["artifactLocation"]["uri"], "a.zip");
    assert_eq!(file["region"]["startLine"], 1);
    assert_eq!(
        place["logicalLocations"][0]["fullyQualifiedName"],
        "a.zip!/b/c.conf"
    );
    let message = result["message"]["text"].as_str().unwrap();
    assert!(message.contains("It is in b/c.conf:2."), "{message}");
}

#[test]
fn programs_in_archives_are_looked_at_in_files_and_counted_in_the_history() {
    let world = World::new();
    let repo = world.init("repo");
    let program = [
        b"\x7fELF\x02\x01\x01\0".as_slice(),
        &[0; 60],
        token("a").as_bytes(),
        b"\0",
    ]
    .concat();
    repo.commit_file("build.zip", zip(&[("bin/server", &program)]));
    let there = repo.gonogo().arg("scan").report();
    assert_eq!(there.only(&token("a")).full_path(), "build.zip!/bin/server");
    repo.commit_removal("build.zip");
    let gone = repo.gonogo().arg("scan").report();
    assert_eq!(gone.findings.len(), 0);
    assert_eq!(
        gone.gap("archive").reason,
        "1 program is scanned in files only, not in the history"
    );
}
