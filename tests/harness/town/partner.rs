//! Another bureau as a process: what it is told to do, and what it tells.
use sandbox::partner::{Fault, Kept, Manner, Saying};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::exchange::Envelope;

use super::{Caller, Program};

/// What it said, and what the api answered.
#[derive(Debug, Deserialize)]
pub struct Said {
    pub messages: Vec<Envelope>,
    pub heard: Vec<sandbox::partner::Heard>,
    /// Why there is no answer.
    pub unanswered: Option<String>,
}

/// A sandbox partner and its desk.
pub struct Partner {
    pub program: Program,
    pub(super) url: String,
}

impl Partner {
    /// By a line of its own each time: one that was idle may be closed by now.
    fn desk(&self) -> Caller {
        Caller::stranger(&self.url)
    }

    /// Enters it at the api: where it is, the key that it publishes, and what is agreed.
    pub(super) async fn introduce(&self, administrator: &Caller, code: &str, memoranda: &[&str]) {
        let published = self.desk().get("/v1/exchange/keys").await.unwrap().expect(200);
        let partner = json!({ "code": code, "name_zh": "产地局", "base_url": self.url });
        administrator.post("/v1/partners", &partner).await.unwrap().expect(201);
        let key = json!({
            "key_id": published.text("/keys/0/key_id"), "public_key": published.text("/keys/0/public_key"),
            "valid_from": "2013-01-01T00:00:00Z",
        });
        let path = format!("/v1/partners/{code}");
        administrator.post(&format!("{path}/keys"), &key).await.unwrap().expect(201);
        for kind in memoranda {
            let memorandum = json!({ "kind": kind, "valid_from": "2013-01-01" });
            let agreed = administrator.post(&format!("{path}/memoranda"), &memorandum).await;
            agreed.unwrap().expect(201);
        }
    }

    /// Takes what is brought like this from now on.
    pub async fn behaves(&self, manner: Manner) {
        let body = json!({ "manner": manner });
        self.desk().post("/sandbox/manner", &body).await.unwrap().expect(204);
    }

    /// Says new messages to the api in one call.
    pub async fn says(&self, sayings: &[Saying], fault: Fault) -> Said {
        self.say(&json!({ "messages": sayings, "fault": fault })).await
    }

    /// Says the same messages again, as they were.
    pub async fn says_again(&self, messages: &[Envelope]) -> Said {
        self.say(&json!({ "again": messages })).await
    }

    async fn say(&self, wanted: &Value) -> Said {
        let said = self.desk().post("/sandbox/say", wanted).await.unwrap().expect(200);
        serde_json::from_value(said.body).unwrap()
    }

    /// What it stored.
    pub async fn inbox(&self) -> Vec<Kept> {
        let heard = self.desk().get("/sandbox/inbox").await.unwrap().expect(200);
        serde_json::from_value(heard.body).unwrap()
    }
}
