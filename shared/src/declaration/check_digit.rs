//! Numbers that check themselves: organisation codes, IMO numbers; and the mark on treated wood.

/// An organisation code (组织机构代码, GB 11714): eight digits or capitals, perhaps a dash, a check character.
/// `None`: the text is something else.
#[must_use]
pub fn organisation_code(code: &str) -> Option<bool> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let plain = match code.as_bytes() {
        [body @ .., b'-', check] if body.len() == 8 => [body, &[*check]].concat(),
        whole => whole.to_vec(),
    };
    let [body @ .., check] = plain.as_slice() else { return None };
    if body.len() != 8 || !matches!(check, b'0'..=b'9' | b'X') {
        return None;
    }
    let values: Option<Vec<u32>> = body.iter().map(|byte| char::from(*byte).to_digit(36)).collect();
    if body.iter().any(u8::is_ascii_lowercase) {
        return None;
    }
    let sum: u32 = values?.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let wanted = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or_default(),
    };
    Some(*check == wanted)
}

/// An IMO ship number: six digits weighted 7 to 2; the last digit of the sum is the seventh.
#[must_use]
pub fn is_imo_number(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|digit| digit.to_digit(10)).collect();
    let Some([body @ .., check]) = digits.as_deref() else { return false };
    let sum: u32 = body.iter().zip((2..=7).rev()).map(|(digit, weight)| digit * weight).sum();
    body.len() == 6 && sum % 10 == *check
}

/// The mark of ISPM 15 as the ruling writes it: `^[A-Z]{2}-[0-9A-Z]{2,10} (HT|MB)$` (domain R3).
#[must_use]
pub fn ippc_treatment(mark: &str) -> Option<&str> {
    let (producer, treatment) = mark.split_once(' ')?;
    let (country, registration) = producer.split_once('-')?;
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_registration = (2..=10).contains(&registration.len())
        && registration.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    (is_country && is_registration && matches!(treatment, "HT" | "MB")).then_some(treatment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_code_checks_itself() {
        assert_eq!(organisation_code("13221234-7"), Some(true));
        assert_eq!(organisation_code("132212347"), Some(true));
        for wrong in ["13221234-8", "13221243-7", "23221234-7"] {
            assert_eq!(organisation_code(wrong), Some(false), "{wrong}");
        }
        for other in
            ["", "3100601234", "1322123-47", "abcdefgh1", "13221234-Y", "一二三四五六七八九"]
        {
            assert_eq!(organisation_code(other), None, "{other}");
        }
    }

    #[test]
    fn an_imo_number_checks_itself() {
        assert!(is_imo_number("9876543") && is_imo_number("9312341") && is_imo_number("9456783"));
        for wrong in ["9876544", "987654", "98765430", "IMO9876543", ""] {
            assert!(!is_imo_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_mark_names_country_producer_and_treatment() {
        assert_eq!(ippc_treatment("DE-NW0123 HT"), Some("HT"));
        assert_eq!(ippc_treatment("US-12 MB"), Some("MB"));
        for wrong in [
            "DE-1 HT",
            "DE NW0123 HT",
            "de-NW0123 HT",
            "DE-NW0123 DB",
            "DE-NW0123",
            "CC-000 YY",
            "",
        ] {
            assert_eq!(ippc_treatment(wrong), None, "{wrong}");
        }
    }
}
