//! Checks that several inputs of this room share.
use crate::kernel::Violations;

/// The trimmed text, if there is any and it is not too long.
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
    Some(text.to_owned())
}

/// Whether `code` consists of exactly `length` decimal digits.
pub(super) fn is_digits(code: &str, length: usize) -> bool {
    code.len() == length && code.bytes().all(|byte| byte.is_ascii_digit())
}
