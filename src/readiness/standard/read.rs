//! Parses a file of a standard, and rejects invalid keys and values.

use std::ops::Range;

use toml::de::DeTable;

use crate::config::{ConfigError, Reader, Value};

use super::{Area, Category, Criterion, Grade, Indicator, Item, ROLES, SignOff, Standard};

const ITEM_KEYS: &[&str] = &[
    "id",
    "title",
    "needs",
    "read-by",
    "evidence-of",
    "same-as",
    "applies-to",
    "ask",
    "person",
    "words",
    "action",
    "not-yet-read",
    "maps",
];

/// Adds the contents of `text` to `standard`.
pub(super) fn add(standard: &mut Standard, file: &str, text: &str) -> Result<(), ConfigError> {
    let reader = Reader::new(file, text);
    let root = reader.document()?;
    let known = &[
        "category",
        "item",
        "area",
        "criterion",
        "indicator",
        "sign-off",
    ];
    let entries = reader.entries(&root, "", known)?;
    let mut category = None;
    if let Some((_, value)) = entries.iter().find(|(key, _)| *key == "category") {
        category = Some(read_category(&reader, value)?);
    }
    for (key, value) in entries {
        if key == "category" {
            continue;
        }
        for value in reader.tables(key, value)? {
            let span = value.span();
            let table = Table::new(&reader, key, value)?;
            match key {
                "item" => {
                    let Some(category) = &category else {
                        return Err(reader.error(span, "items need a `[category]`".to_owned()));
                    };
                    put_item(standard, table.item(&category.id)?);
                }
                "area" => put(&mut standard.areas, table.area()?, |area| area.number),
                "criterion" => put(&mut standard.criteria, table.criterion()?, |it| {
                    it.id.clone()
                }),
                "indicator" => put(&mut standard.indicators, table.indicator()?, |it| {
                    it.id.clone()
                }),
                _ => put(&mut standard.sign_offs, table.sign_off()?, |it| {
                    it.id.clone()
                }),
            }
        }
    }
    if let Some(category) = category {
        put(&mut standard.categories, category, |it| it.id.clone());
    }
    Ok(())
}

fn read_category(reader: &Reader<'_>, value: &Value<'_>) -> Result<Category, ConfigError> {
    let table = Table::new(reader, "category", value)?;
    table.only(&["id", "title"])?;
    Ok(Category {
        id: table.text("id")?,
        title: table.text("title")?,
    })
}

fn put_item(standard: &mut Standard, item: Item) {
    put(&mut standard.items, item, |item| item.id.clone());
}

/// Adds `new`, or replaces the element that has the same key.
fn put<T, K: PartialEq>(all: &mut Vec<T>, new: T, key: impl Fn(&T) -> K) {
    let known = all.iter().position(|old| key(old) == key(&new));
    match known {
        Some(at) => all[at] = new,
        None => all.push(new),
    }
}

/// One table of a file.
struct Table<'r, 't, 'v> {
    reader: &'r Reader<'t>,
    name: &'r str,
    entries: &'r DeTable<'v>,
    span: Range<usize>,
}

impl<'r, 't, 'v> Table<'r, 't, 'v> {
    fn new(
        reader: &'r Reader<'t>,
        name: &'r str,
        value: &'r Value<'v>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            reader,
            name,
            entries: reader.table(name, value)?,
            span: value.span(),
        })
    }

    fn only(&self, known: &[&str]) -> Result<(), ConfigError> {
        let entries = self.reader.entries(self.entries, self.name, known);
        entries.map(|_| ())
    }

    fn get(&self, key: &str) -> Option<&'r Value<'v>> {
        let mut entries = self.entries.iter();
        let found = entries.find(|(name, _)| &**name.get_ref() == key);
        found.map(|(_, value)| value)
    }

    fn text_or(&self, key: &str, default: &str) -> Result<String, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(default.to_owned());
        };
        self.reader.text(key, value).map(str::to_owned)
    }

    fn text(&self, key: &str) -> Result<String, ConfigError> {
        let text = self.text_or(key, "")?;
        if text.trim().is_empty() {
            let message = format!("`{}` needs a `{key}`", self.name);
            return Err(self.reader.error(self.span.clone(), message));
        }
        Ok(text)
    }

    fn optional(&self, key: &str) -> Result<Option<String>, ConfigError> {
        let text = self.text_or(key, "")?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn texts(&self, key: &str) -> Result<Vec<String>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(Vec::new());
        };
        self.reader
            .texts(key, value, "a text that is not empty", |text| {
                !text.trim().is_empty()
            })
    }

    fn grade(&self, key: &str) -> Result<Option<Grade>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let word = self.reader.text(key, value)?;
        let grade = Grade::from_word(word).filter(|grade| *grade > Grade::Nothing);
        grade.map(Some).ok_or_else(|| {
            let words: Vec<_> = Grade::ALL[2..].iter().map(|it| it.as_str()).collect();
            let message = format!("`{key}` must be one of {}", words.join(", "));
            self.reader.error(value.span(), message)
        })
    }

    fn one_of(&self, key: &str, words: &[&str]) -> Result<String, ConfigError> {
        let text = self.text_or(key, "")?;
        if words.contains(&text.as_str()) {
            return Ok(text);
        }
        let span = self.get(key).map_or(self.span.clone(), toml::Spanned::span);
        let message = format!("`{key}` must be one of {}", words.join(", "));
        Err(self.reader.error(span, message))
    }

    fn maps(&self) -> Result<Vec<(String, Vec<String>)>, ConfigError> {
        let Some(value) = self.get("maps") else {
            return Ok(Vec::new());
        };
        let pairs = self.reader.pairs("maps", value)?.into_iter();
        let is_id = |text: &str| !text.trim().is_empty();
        let ids = pairs.map(|(name, _, value)| {
            let ids = self.reader.one_or_more(name, value, "an id", is_id)?;
            Ok((name.to_owned(), ids))
        });
        ids.collect()
    }

    fn item(&self, category: &str) -> Result<Item, ConfigError> {
        self.only(ITEM_KEYS)?;
        let same_as = self.optional("same-as")?;
        let is_alias = same_as.is_some();
        let needs = self.grade("needs")?;
        let person = self.optional("person")?;
        if !is_alias && needs.is_none() {
            let message = "`item` needs a `needs`: the grade from which on it is met".to_owned();
            return Err(self.reader.error(self.span.clone(), message));
        }
        let ask = if is_alias {
            "devops".to_owned()
        } else {
            self.one_of("ask", &ROLES)?
        };
        Ok(Item {
            id: self.text("id")?,
            category: category.to_owned(),
            title: self.text("title")?,
            needs: needs.unwrap_or(Grade::Wired),
            read_by: self.optional("read-by")?,
            evidence_of: self.texts("evidence-of")?,
            same_as,
            applies_to: self.texts("applies-to")?,
            ask,
            person,
            words: self.texts("words")?,
            action: self.text_or("action", "")?,
            not_yet_read: self.texts("not-yet-read")?,
            maps: self.maps()?,
        })
    }

    fn area(&self) -> Result<Area, ConfigError> {
        self.only(&["number", "title", "severity", "owner", "impact", "items"])?;
        let number = self
            .get("number")
            .ok_or_else(|| {
                let message = "`area` needs a `number`".to_owned();
                self.reader.error(self.span.clone(), message)
            })
            .and_then(|value| self.reader.number("number", value, 1..1000))?;
        Ok(Area {
            number,
            title: self.text("title")?,
            severity: self.one_of("severity", &["critical", "high", "medium", "low"])?,
            owner: self.text_or("owner", "")?,
            impact: self.text_or("impact", "")?,
            items: self.texts("items")?,
        })
    }

    fn criterion(&self) -> Result<Criterion, ConfigError> {
        self.only(&["id", "title", "items"])?;
        Ok(Criterion {
            id: self.text("id")?,
            title: self.text("title")?,
            items: self.texts("items")?,
        })
    }

    fn indicator(&self) -> Result<Indicator, ConfigError> {
        self.only(&["id", "title", "items", "absence"])?;
        Ok(Indicator {
            id: self.text("id")?,
            title: self.text("title")?,
            items: self.texts("items")?,
            absence: self.grade("absence")?,
        })
    }

    fn sign_off(&self) -> Result<SignOff, ConfigError> {
        self.only(&["id", "role", "title", "statement", "items"])?;
        Ok(SignOff {
            id: self.text("id")?,
            role: self.one_of("role", &ROLES)?,
            title: self.text("title")?,
            statement: self.text_or("statement", "")?,
            items: self.texts("items")?,
        })
    }
}
