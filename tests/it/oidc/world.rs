//! A server with two organizations, the certified provider of both, and one that lies.

use super::browser::Browser;
use crate::server::client::{Answer, Served, send};
use crate::support;
use rollbook::doors::settings::{CONFIG, Given, GivenBy, Settings};
use rollbook::house::{Ledger, Machine};
use rollbook::words::{Origin, Timestamp};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

const SECRET: &str = "a secret: 100% & more";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether providers run here. Without them a test says that it skips, and under CI it fails.
fn run_here() -> bool {
    let package: PathBuf = root().join("target/oidc/node_modules/oidc-provider");
    let node = Command::new("node").arg("--version").output();
    if node.is_ok_and(|output| output.status.success()) && package.is_dir() {
        return true;
    }
    let cure = "node and the packages of tests/oidc are missing: .ci/run installs them";
    assert!(std::env::var_os("CI").is_none(), "{cure}");
    eprintln!("skipped: {cure}");
    false
}

/// A provider of tests/oidc, in a process of its own.
pub(crate) struct Provider {
    pub(crate) issuer: String,
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Provider {
    fn start(program: &str) -> Self {
        let mut process = Command::new("node")
            .arg(root().join("tests/oidc").join(program))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut issuer = String::new();
        output.read_line(&mut issuer).unwrap();
        Self { issuer: issuer.trim().to_owned(), process, output }
    }

    /// Tells it who its client is.
    fn begin(&mut self, served: &Served) {
        let redirect_uri = format!("http://{}/v1/sign-in/oidc/callback", served.address);
        let told = json!({"redirect_uri": redirect_uri, "secret": SECRET});
        writeln!(self.process.stdin.as_mut().unwrap(), "{told}").unwrap();
        let mut ready = String::new();
        self.output.read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");
    }

    /// Tells it how to lie.
    pub(crate) fn lie(&self, how: &str) {
        let address = self.issuer.strip_prefix("http://").unwrap().parse().unwrap();
        assert_eq!(send(address, "GET", &format!("/lie?how={how}"), &[], "").status, 200);
    }

    pub(crate) fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.end();
    }
}

#[allow(clippy::disallowed_methods, reason = "providers look at the machine's clock")]
pub(crate) fn clock() -> Timestamp {
    Timestamp::EPOCH.after(SystemTime::now().duration_since(UNIX_EPOCH).unwrap())
}

pub(crate) struct World {
    pub(crate) served: Served,
    pub(crate) certified: Provider,
    pub(crate) hostile: Provider,
}

impl World {
    /// Nothing where no provider can run.
    pub(crate) fn new(sign_up: &str) -> Option<Self> {
        Self::at(sign_up, clock)
    }

    pub(crate) fn at(sign_up: &str, now: fn() -> Timestamp) -> Option<Self> {
        if !run_here() {
            return None;
        }
        let mut certified = Provider::start("provider.mjs");
        let mut hostile = Provider::start("hostile.mjs");
        let directory = tempfile::tempdir().unwrap();
        let secret = directory.path().join("secret");
        std::fs::write(&secret, SECRET).unwrap();
        let text = format!(
            "sign_up = {sign_up:?}\n\
             [[sign_in.oidc]]\norganization = \"acme\"\nissuer = {0:?}\n\
             client_id = \"rollbook\"\nclient_secret_file = {secret:?}\n\
             [[sign_in.oidc]]\norganization = \"polder\"\nissuer = {0:?}\nclient_id = \"public\"\n\
             [[sign_in.oidc]]\norganization = \"halden\"\nissuer = {0:?}\nclient_id = \"public\"\n\
             [[sign_in.oidc]]\norganization = \"acme\"\nissuer = {1:?}\nclient_id = \"rollbook\"\n\
             client_secret_file = {secret:?}\n",
            certified.issuer, hostile.issuer
        );
        let file = directory.path().join("rollbook.toml");
        std::fs::write(&file, text).unwrap();
        let mut given = Given::default();
        let flag = GivenBy::Flag("config".to_owned());
        given.add(&CONFIG, file.display().to_string(), flag);
        given.add_file().unwrap();
        let settings = Settings::read(&given).unwrap();
        let machine = Machine { clock: Box::new(clock), ..support::machine(7) };
        let origin = Origin::parse("ledger.example").unwrap();
        let ledger = Ledger::create(&directory.path().join("data"), origin, machine).unwrap();
        let served = Served::clocked(ledger, directory, settings, now);
        certified.begin(&served);
        hostile.begin(&served);
        let world = Self { served, certified, hostile };
        world.organization("acme", "ada@acme.example");
        world.organization("polder", "piet@polder.example");
        Some(world)
    }

    fn organization(&self, slug: &str, owner: &str) {
        let body = json!({
            "kind": "standard", "role_set": "standard", "name": slug, "slug": slug,
            "owner": {"email": owner},
        });
        let answer = self.served.send("POST", "/v1/organizations", &body.to_string());
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    pub(crate) fn invite(&self, slug: &str, email: &str) {
        let path = format!("/v1/organizations/{slug}/invitations");
        let body = json!({"email": email, "roles": ["member"]});
        let answer = self.served.send("POST", &path, &body.to_string());
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.served.address)
    }

    /// Goes to a provider and back, as far as the callback; answers where that is.
    pub(crate) fn returned(&self, browser: &mut Browser, from: &str, login: &str) -> String {
        let callback = self.url("/v1/sign-in/oidc/callback");
        let end = self.url("/link#");
        let from = self.url(&format!("/v1/sign-in/oidc/{from}"));
        browser.follow(&from, login, |at| at.starts_with(&callback) || at.starts_with(&end))
    }

    /// Goes there, back and in; answers the path where the browser stands then.
    pub(crate) fn sign_in(&self, browser: &mut Browser, from: &str, login: &str) -> String {
        let returned = self.returned(browser, from, login);
        if returned.contains("/link#") {
            return self.path(&returned);
        }
        self.arrive(browser, &returned)
    }

    /// Comes back to the callback; answers the path where the browser is sent.
    pub(crate) fn arrive(&self, browser: &mut Browser, callback: &str) -> String {
        let answer = browser.get(callback);
        assert_eq!(answer.status, 302, "{answer:?}");
        self.path(answer.header("location").unwrap())
    }

    fn path(&self, url: &str) -> String {
        url.strip_prefix(&self.url("")).expect(url).to_owned()
    }

    /// Who a browser is.
    pub(crate) fn me(&self, browser: &mut Browser) -> Answer {
        browser.get(&self.url("/v1/me"))
    }

    pub(crate) fn user(&self, browser: &mut Browser) -> Value {
        let answer = self.me(browser);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["user"].clone()
    }

    /// What the provider that lies is called where somebody sets out.
    pub(crate) fn liar(&self) -> String {
        format!("acme?issuer={}", self.hostile.issuer)
    }
}
