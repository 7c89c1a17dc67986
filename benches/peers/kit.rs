//! The files that tools are given: bodies, scripts and scenarios, in a folder that goes when the bench ends.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::target::reply::ITEMS;
use crate::tools::{Load, Pace, What};

/// The folder, with what does not change in it.
#[derive(Debug)]
pub(crate) struct Kit {
    folder: TempDir,
}

/// wrk and wrk2 post only by a script.
const POST_LUA: &str = r#"wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = io.open(os.getenv("PEERS_BODY")):read("*a")
"#;

/// k6 is told the load by the environment.
const K6: &str = r#"import http from "k6/http";
const body = __ENV.PEERS_BODY ? open(__ENV.PEERS_BODY) : null;
const users = Number(__ENV.PEERS_USERS);
const open_loop = { executor: "constant-arrival-rate", rate: Number(__ENV.PEERS_RATE), timeUnit: "1s",
  duration: `${__ENV.PEERS_SECONDS}s`, preAllocatedVUs: users, maxVUs: users };
const closed_loop = { executor: "shared-iterations", vus: users, iterations: Number(__ENV.PEERS_REQUESTS), maxDuration: "10m" };
export const options = { scenarios: { load: __ENV.PEERS_RATE ? open_loop : closed_loop },
  summaryTrendStats: ["med", "p(90)", "p(99)", "p(99.9)", "max"] };
const headers = { "Content-Type": "application/json" };
export default function () {
  if (body) { http.post(__ENV.PEERS_URL, body, { headers }); } else { http.get(__ENV.PEERS_URL); }
}
"#;

/// So is locust.
const LOCUST: &str = r#"import os
from locust import FastHttpUser, constant_throughput, task

body = open(os.environ["PEERS_BODY"]).read() if "PEERS_BODY" in os.environ else None


class User(FastHttpUser):
    if "PEERS_RATE" in os.environ:
        wait_time = constant_throughput(float(os.environ["PEERS_RATE"]) / float(os.environ["PEERS_USERS"]))

    @task
    def one(self):
        if body:
            self.client.post("/batch", data=body, headers={"Content-Type": "application/json"})
        else:
            self.client.get("/")
"#;

impl Kit {
    pub(crate) fn new() -> io::Result<Self> {
        let kit = Self { folder: tempfile::Builder::new().prefix("peers-").tempdir()? };
        std::fs::write(kit.body(), fixed_body())?;
        std::fs::write(kit.path("post.lua"), POST_LUA)?;
        std::fs::write(kit.path("k6.js"), K6)?;
        std::fs::write(kit.path("locustfile.py"), LOCUST)?;
        Ok(kit)
    }

    /// A file of the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The body that tools with fixed bytes post.
    pub(crate) fn body(&self) -> PathBuf {
        self.path("body.json")
    }

    /// A new folder for loadline's reports; the one before it is removed, because runs of memory leave many.
    pub(crate) fn reports(&self) -> io::Result<PathBuf> {
        let folder = self.path("reports");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        Ok(folder)
    }

    /// The `report.json` of loadline's last run.
    pub(crate) fn report(&self) -> io::Result<Value> {
        let run = std::fs::read_dir(self.path("reports"))?.next().ok_or(io::ErrorKind::NotFound)??;
        read_json(&run.path().join("report.json"))
    }

    /// The scenario by which loadline makes a load.
    pub(crate) fn scenario(&self, load: &Load, url: &str) -> io::Result<PathBuf> {
        let path = self.path("scenario.yaml");
        std::fs::write(&path, scenario(load, url).to_string())?;
        Ok(path)
    }
}

pub(crate) fn read_json(path: &Path) -> io::Result<Value> {
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

/// The item of which a batch has a hundred, with `seq` in its holes: about 100 bytes.
fn item(seq: &str) -> Value {
    json!({"ExternalUserId": format!("user-{seq}"), "Tag": format!("row {seq}"), "Capabilities": "SendReceive", "Team": "peers"})
}

/// What loadline sends for its first hundred items with seven digits, so that sizes agree.
fn fixed_body() -> String {
    let items: Vec<Value> = (0..ITEMS).map(|number| item(&(1_000_000 + number).to_string())).collect();
    json!({"Items": items}).to_string()
}

/// A real scenario: own operations, calls with their three clocks recorded, and for batches a hundred patched items whose
/// failures are looked for in the reply. JSON is YAML.
fn scenario(load: &Load, url: &str) -> Value {
    let pace = match load.pace {
        Pace::Closed { requests } => json!({"iterations": {"count": requests, "users": load.connections}}),
        Pace::Open { rate, seconds } => {
            json!({"arrivals": {"rate": format!("{rate}/s"), "duration": format!("{seconds}s"), "spacing": "even"}})
        }
    };
    let step = match load.what {
        What::Thing => json!({"call": "GetThing"}),
        What::Batch => json!({"call": "CreateBatch", "batch": {"size": ITEMS, "item": item("{{ seq }}")}}),
    };
    let mut workload = json!({"name": "load", "flow": [step]});
    if let (Value::Object(workload), Value::Object(pace)) = (&mut workload, pace) {
        workload.extend(pace);
    }
    json!({
        "name": "peers",
        "target": {"url": url},
        "api": {"operations": {
            "GetThing": {"method": "GET", "path": "/"},
            "CreateBatch": {
                "method": "POST",
                "path": "/batch",
                "batch": {"items": "Items", "key": "ExternalUserId", "failed": "$.Errors[*]", "failed_code": "ErrorCode"},
            },
        }},
        "safety": {"max_requests": 100_000_000, "max_duration": "10m"},
        "transport": {"connections": load.connections},
        "retry": "none",
        "grace": "20s",
        "workloads": [workload],
    })
}
