//! Feeds one reader of `api::outside::READERS`, the one that `ANYPORT_FUZZ` names. See `fuzz/README.md`.
#![no_main]
use std::sync::LazyLock;

use api::outside::{self, Reader};
use libfuzzer_sys::fuzz_target;

static READER: LazyLock<&'static Reader> = LazyLock::new(|| {
    let name = std::env::var("ANYPORT_FUZZ").unwrap_or_default();
    outside::reader(&name).unwrap_or_else(|| {
        let names: Vec<_> = outside::READERS.iter().map(|reader| reader.name).collect();
        panic!("ANYPORT_FUZZ names one of: {}", names.join(", "))
    })
});

fuzz_target!(|bytes: &[u8]| {
    let _ = READER.try_on(bytes);
});
