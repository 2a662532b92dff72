//! One D/O, one live declaration in the whole bureau (domain R2): the key under which a D/O is known.
use super::content::Content;

/// Bill, house bill and delivery order, each in capitals without white space, a space between them; `None` while
/// bill or delivery order are missing or longer than their boxes (which the rules tell).
#[must_use]
pub fn do_key(content: &Content) -> Option<String> {
    let fits = |text: &str, size: usize| text.chars().count() <= size;
    let bill = content.bill_lad_no.as_deref()?;
    let house = content.split_bill_lad_no.as_deref().unwrap_or_default();
    let order = content.delivery_order.as_deref()?;
    let all_fit = fits(bill, Content::bill_lad_no.size)
        && fits(house, Content::split_bill_lad_no.size)
        && fits(order, Content::delivery_order.size);
    all_fit.then(|| [bill, house, order].map(one_spelling).join(" "))
}

fn one_spelling(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(bill: &str, house: Option<&str>, delivery_order: &str) -> Content {
        Content {
            bill_lad_no: Some(bill.into()),
            split_bill_lad_no: house.map(Into::into),
            delivery_order: Some(delivery_order.into()),
            ..Content::default()
        }
    }

    #[test]
    fn spelling_does_not_make_another_delivery_order() {
        let key = do_key(&order("COSU6201400521", None, "140512A"));
        assert_eq!(key.as_deref(), Some("COSU6201400521  140512A"));
        assert_eq!(do_key(&order("cosu 6201\u{3000}400521", None, "1405 12a")), key);
    }

    #[test]
    fn what_stands_in_another_box_is_another_key() {
        let keys = [
            do_key(&order("AB", None, "C")),
            do_key(&order("A", Some("B"), "C")),
            do_key(&order("A", None, "BC")),
        ];
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    }

    #[test]
    fn a_key_needs_a_bill_and_a_delivery_order_that_fit_their_boxes() {
        assert_eq!(do_key(&Content::default()), None);
        assert_eq!(do_key(&order(&"B".repeat(101), None, "1")), None);
        assert!(do_key(&order(&"B".repeat(100), None, "1")).is_some());
    }
}
