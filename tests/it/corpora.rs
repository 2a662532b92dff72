//! Bytes from outside: every corpus file, and many mutations of it, through the reader it is meant for. The same table
//! is fuzzed (`fuzz/README.md`).
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use api::outside::{Outcome, READERS, Reader};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// The corpora, each under the name of its reader.
fn corpora() -> BTreeMap<String, Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |folder: &Path| {
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| fs::read(file).unwrap()).collect()
    };
    names
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), read(&path)))
        .collect()
}

/// One way to spoil some bytes.
#[derive(Clone, Debug)]
pub(crate) enum Mutation {
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    /// A piece of it once more, somewhere else.
    Repeat(prop::sample::Index, prop::sample::Index, usize),
    Cut(prop::sample::Index),
}

/// What parsers have stumbled over before.
const AWKWARD: [&[u8]; 16] = [
    b"\0",
    b"\\u0000",
    b"\xff",
    b"\xed\xa0\x80",
    b"\"",
    b"{",
    b"[[[[[[[[",
    b"%00",
    b"%",
    b"-1",
    b"1e400",
    b"9223372036854775808",
    b"79228162514264337593543950336",
    b"9999-12-31",
    b"\r\n",
    "\u{202e}\u{1e9e}\u{130}".as_bytes(),
];

pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<prop::sample::Index>;
    let piece = prop_oneof![
        prop::sample::select(&AWKWARD[..]).prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 1..12),
    ];
    prop_oneof![
        3 => (place(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        3 => (place(), piece).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        2 => (place(), 1..40_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        1 => (place(), place(), 1..200_usize).prop_map(|(from, to, n)| Mutation::Repeat(from, to, n)),
        1 => place().prop_map(Mutation::Cut),
    ]
}

pub(crate) fn spoil(mut bytes: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        let at = |place: &prop::sample::Index| place.index(bytes.len() + 1);
        match mutation {
            Mutation::Set(place, byte) => {
                let at = at(place);
                if let Some(one) = bytes.get_mut(at) {
                    *one = *byte;
                }
            }
            Mutation::Insert(place, piece) => {
                let at = at(place);
                bytes.splice(at..at, piece.iter().copied());
            }
            Mutation::Remove(place, length) => {
                let at = at(place);
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Mutation::Repeat(from, to, length) => {
                let (from, to) = (at(from), at(to));
                let piece = bytes[from..(from + length).min(bytes.len())].to_vec();
                bytes.splice(to..to, piece);
            }
            Mutation::Cut(place) => bytes.truncate(at(place)),
        }
    }
    bytes
}

/// Reads without falling over, or says which bytes it fell over.
fn must_stand(reader: &Reader, bytes: &[u8]) -> Result<Outcome, TestCaseError> {
    catch_unwind(AssertUnwindSafe(|| reader.try_on(bytes))).map_err(|_| {
        let shown = String::from_utf8_lossy(bytes).into_owned();
        TestCaseError::fail(format!("{} fell over {shown:?}", reader.name))
    })
}

#[test]
fn every_reader_of_outside_bytes_has_a_corpus_and_every_corpus_a_reader() {
    let corpora = corpora();
    let kept: BTreeSet<&str> = corpora.keys().map(String::as_str).collect();
    let table: BTreeSet<&str> = READERS.iter().map(|reader| reader.name).collect();

    assert_eq!(kept, table);
    for (name, files) in corpora {
        assert!(!files.is_empty(), "{name} has no example");
        assert!(files.iter().all(|file| file.len() < 64 * 1024), "{name}: keep it small");
    }
}

#[test]
fn every_corpus_has_what_is_read_and_what_is_refused() {
    let corpora = corpora();
    for reader in READERS {
        let outcomes = corpora[reader.name].iter().map(|file| must_stand(reader, file).unwrap());
        let is_read = |outcome: &Outcome| matches!(outcome, Outcome::Read);
        let (read, refused): (Vec<_>, Vec<_>) = outcomes.partition(is_read);
        // A declaration is never above all comment: its review tells what it found.
        assert!(!read.is_empty() || reader.name == "declaration", "{}: none is read", reader.name);
        assert!(!refused.is_empty(), "{}: all are read", reader.name);
    }
}

#[test]
fn however_outside_bytes_are_spoilt_they_are_read_or_refused_with_reasons() {
    let corpora = corpora();
    for reader in READERS {
        let files = corpora[reader.name].clone();
        let spoilt = (prop::sample::select(files), prop::collection::vec(mutation(), 1..6))
            .prop_map(|(file, mutations)| spoil(file, &mutations));
        // The same bytes on every machine and every day: a failure is there again when one looks.
        let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let config = Config { failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, seed);
        let held = runner.run(&spoilt, |bytes| must_stand(reader, &bytes).map(drop));
        if let Err(error) = held {
            panic!("{}: {error}", reader.name);
        }
    }
}
