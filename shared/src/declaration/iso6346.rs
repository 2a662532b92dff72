//! Container numbers (ISO 6346, GB/T 1836): owner, category, serial, check digit.

/// Whether the number has its form and its check digit is right.
#[must_use]
pub fn is_valid(number: &str) -> bool {
    let bytes = number.as_bytes();
    let has_form = bytes.len() == 11
        && bytes[..3].iter().all(u8::is_ascii_uppercase)
        && matches!(bytes[3], b'U' | b'J' | b'Z')
        && bytes[4..].iter().all(u8::is_ascii_digit);
    has_form && check_digit(&bytes[..10]) == bytes[10] - b'0'
}

/// Each character's value times two to its place, modulo 11, modulo 10.
fn check_digit(bytes: &[u8]) -> u8 {
    let sum: u32 = bytes.iter().enumerate().map(|(place, byte)| value(*byte) << place).sum();
    u8::try_from(sum % 11 % 10).unwrap_or_default()
}

/// Digits are themselves; letters count from 10 and leave out the multiples of 11.
fn value(byte: u8) -> u32 {
    match byte {
        b'A' => 10,
        b'B'..=b'K' => u32::from(byte - b'B') + 12,
        b'L'..=b'U' => u32::from(byte - b'L') + 23,
        b'V'..=b'Z' => u32::from(byte - b'V') + 34,
        digit => u32::from(digit - b'0'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: [&str; 7] = [
        "CSQU3054383",
        "MSKU7012349",
        "CBHU8201451",
        "TCLU4501272",
        "SEGU1234569",
        "OOLU8860217",
        "COSU6017779",
    ];

    #[test]
    fn known_numbers_are_valid() {
        for number in VALID {
            assert!(is_valid(number), "{number}");
        }
    }

    #[test]
    fn no_number_survives_a_wrong_digit() {
        for number in VALID {
            for place in 4..11 {
                for digit in b'0'..=b'9' {
                    let mut wrong = number.as_bytes().to_vec();
                    wrong[place] = digit;
                    let wrong = String::from_utf8(wrong).unwrap();
                    assert!(wrong == number || !is_valid(&wrong), "{wrong}");
                }
            }
        }
    }

    #[test]
    fn anything_else_is_not() {
        for wrong in
            ["", "DM1234", "AD12345", "CN-1234228/34", "csqu3054383", "CSQA3054383", "集装箱号码"]
        {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }
}
