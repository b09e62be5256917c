//! Validation rules, which frameworks accept for a field where a value could be.

/// Whether `value` is validation rules, as in Laravel, Go and the like: `required|min:6`, `required,min=8`.
pub(super) fn is_validation(value: &str) -> bool {
    #[rustfmt::skip]
    const RULES: &[&str] = &[
        "required", "string", "min", "max", "confirmed", "nullable", "sometimes", "unique", "email", "numeric", "same",
        "regex", "array", "bail", "present", "present_if", "current_password", "alpha", "alpha_num", "alpha_dash",
        "integer", "int", "boolean", "between", "different", "exists", "filled", "gt", "gte", "lt", "lte", "in",
        "not_in", "required_if", "required_with", "required_without", "required_unless", "size", "uuid", "json", "url",
        "omitempty", "len", "alphanum", "ascii", "hexadecimal", "base64", "eqfield", "nefield", "excludesall",
        "excluded", "prohibited", "password", "date", "digits", "hidden", "dive", "trim", "matches", "min_length",
        "max_length", "exact_length", "valid_email", "is_unique", "callback", "lowercase", "uppercase", "optional",
    ];
    const LEADING: [&str; 5] = ["required", "nullable", "sometimes", "string", "confirmed"];
    // A rule that is appended to others begins with the separator; a rule whose arguments are names of fields uses the
    // same sign between those.
    if let Some(rest) = value.strip_prefix('|') {
        return is_validation(&format!("required|{rest}"));
    }
    if let Some(rest) = value.strip_suffix('|') {
        return RULES.contains(&rest) || is_validation(rest);
    }
    if is_rule_with_fields(value) {
        return true;
    }
    let argument = value
        .strip_prefix("min")
        .or_else(|| value.strip_prefix("max"));
    // A single rule is just a word, unless it has an argument.
    let has_argument = argument.is_some_and(|rest| rest.starts_with([':', '=']));
    if !has_argument && !value.contains(['|', ',']) {
        return false;
    }
    let separator = if value.contains('|') { '|' } else { ',' };
    let mut rules = 0;
    let is_rule = |rule: &str| {
        let name = rule.trim();
        let end = name.find([':', '=', '[', '(']).unwrap_or(name.len());
        RULES.contains(&name[..end].trim())
    };
    // After one of Laravel's rules there may be some of the application's own.
    let is_laravel =
        separator == '|' && value.split('|').any(|rule| LEADING.contains(&rule.trim()));
    let is_own = |rule: &str| {
        let name = rule.split(':').next().unwrap_or_default();
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let all = value.split(separator).all(|rule| {
        rules += 1;
        is_rule(rule) || is_laravel && is_own(rule.trim())
    });
    all && (rules > 1 || has_argument)
}

/// Whether `value` is a rule that depends on other fields: `required_unless:mail_driver,log`.
fn is_rule_with_fields(value: &str) -> bool {
    const RULES: [&str; 7] = [
        "required_",
        "prohibited_",
        "exclude_",
        "accepted_",
        "present_",
        "missing_",
        "same:",
    ];
    let is_field = |byte: u8| byte.is_ascii_alphanumeric() || b"_.,*-".contains(&byte);
    value.split_once(':').is_some_and(|(name, fields)| {
        RULES.iter().any(|rule| value.starts_with(rule))
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && fields.contains(|c: char| c.is_ascii_lowercase())
            && fields.bytes().all(is_field)
    })
}
