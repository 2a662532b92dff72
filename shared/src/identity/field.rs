//! Checks that several inputs of this room share.
use crate::kernel::Violations;

/// The trimmed text, if there is any, it is not too long and can be printed.
pub(super) fn text(
    violations: &mut Violations,
    pointer: &str,
    given: &str,
    max: usize,
) -> Option<String> {
    let text = given.trim();
    if text.is_empty() {
        violations.error(pointer, "text-missing", "不能为空", "This must not be empty");
        return None;
    }
    if text.chars().count() > max {
        violations.error(
            pointer,
            "text-too-long",
            format!("最多{max}个字符"),
            format!("At most {max} characters"),
        );
        return None;
    }
    if text.chars().any(char::is_control) {
        violations.error(
            pointer,
            "text-malformed",
            "不能含有控制字符",
            "Control characters are not allowed",
        );
        return None;
    }
    Some(text.to_owned())
}

/// Whether `code` consists of exactly `length` decimal digits.
pub(super) fn is_digits(code: &str, length: usize) -> bool {
    code.len() == length && code.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed_and_told_what_is_wrong_with_it() {
        let mut violations = Violations::default();
        assert_eq!(text(&mut violations, "/a", " 报检 ", 2).as_deref(), Some("报检"));
        assert_eq!(text(&mut violations, "/b", "\u{3000}", 2), None);
        assert_eq!(text(&mut violations, "/c", "报检员", 2), None);
        assert_eq!(text(&mut violations, "/d", "a\0", 2), None);

        let told: Vec<_> = violations.iter().map(|found| found.code.as_str()).collect();
        assert_eq!(told, ["text-missing", "text-too-long", "text-malformed"]);
    }
}
