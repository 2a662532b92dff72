//! Several whole bureaus in one test, each with tables, keys, officers and enterprises of its own, and a carrier that
//! brings their messages from one to the other.
//!
//! They share nothing but the server: each lives in a schema of the test's database. Nobody calls anybody; the carrier
//! fetches, brings and acknowledges as the protocol has it, so that a test may also stop in between.
use chrono::Duration;
use shared::exchange::{Envelope, MemorandumKind, Receipt};
use sqlx::{PgPool, postgres::PgPoolOptions};

use crate::{Bureau, Neighbour, keys_of};

/// Bureaus that are each other's partners.
pub struct League {
    bureaus: Vec<(&'static str, Bureau)>,
}

impl League {
    /// Opens a bureau for each code, the first in the test's own schema; each has all these memoranda with each other.
    pub async fn open(pool: PgPool, codes: &[&'static str], memoranda: &[MemorandumKind]) -> Self {
        let mut bureaus = Vec::new();
        for (place, code) in codes.iter().enumerate() {
            let home = if place == 0 { pool.clone() } else { schema_of(&pool, code).await };
            bureaus.push((*code, Bureau::open_as(home, code).await));
        }
        for (code, bureau) in &bureaus {
            for partner in codes.iter().filter(|partner| *partner != code) {
                Neighbour::of(bureau, partner, memoranda).await;
            }
        }
        Self { bureaus }
    }

    /// The bureau of that code.
    #[must_use]
    pub fn at(&self, code: &str) -> &Bureau {
        let found = self.bureaus.iter().find(|(known, _)| *known == code);
        &found.expect("a bureau of this league").1
    }

    /// Turns all clocks.
    pub fn wait(&self, time: Duration) {
        for (_, bureau) in &self.bureaus {
            bureau.wait(time);
        }
    }

    /// Does all promised work and carries all messages, until nothing moves any more.
    pub async fn settle(&self) {
        loop {
            let mut moved = 0;
            for (code, bureau) in &self.bureaus {
                moved += bureau.settle().await;
                for (other, _) in self.bureaus.iter().filter(|(other, _)| other != code) {
                    moved += self.carry(code, other).await;
                }
            }
            if moved == 0 {
                return;
            }
        }
    }

    /// Carries what waits from one to another, receipts included; says how many messages.
    pub async fn carry(&self, from: &str, to: &str) -> usize {
        let messages = self.waiting(from, to).await;
        if messages.is_empty() {
            return 0;
        }
        let receipts = self.bring(from, to, &messages).await;
        self.acknowledge(from, to, &receipts).await;
        messages.len()
    }

    /// What the one has to say to the other, as it stays there until it is acknowledged.
    pub async fn waiting(&self, from: &str, to: &str) -> Vec<Envelope> {
        self.playing(to, from).fetch().await
    }

    /// Brings messages, and the other's receipts back as far as the carrier.
    pub async fn bring(&self, from: &str, to: &str, messages: &[Envelope]) -> Vec<Receipt> {
        let reply = self.playing(from, to).push(messages).await.expect(200);
        serde_json::from_value(reply.body["receipts"].clone()).unwrap()
    }

    /// Gives the sender the receipts of the receiver.
    pub async fn acknowledge(&self, from: &str, to: &str, receipts: &[Receipt]) {
        self.playing(to, from).bring_receipts(receipts).await.expect(200);
    }

    /// One bureau as it stands at the door of another.
    fn playing(&self, who: &str, at: &str) -> Neighbour<'_> {
        Neighbour { bureau: self.at(at), keys: keys_of(who, "2014-a") }
    }
}

/// A second set of tables beside the first, gone with the test's database.
async fn schema_of(pool: &PgPool, code: &str) -> PgPool {
    let schema = format!("b{code}");
    let create = match code {
        "320000" => "create schema b320000",
        "330000" => "create schema b330000",
        "340000" => "create schema b340000",
        other => panic!("no schema is prepared for bureau {other}"),
    };
    sqlx::query(create).execute(pool).await.unwrap();
    let options = pool.connect_options().as_ref().clone().options([("search_path", &schema)]);
    let home = PgPoolOptions::new().max_connections(8).connect_with(options).await.unwrap();
    shared::MIGRATOR.run(&home).await.unwrap();
    home
}
