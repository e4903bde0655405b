//! `highwater explore` answers three steps deep, over plain HTTP always, and in a real browser where one is installed.
//!
//! A browser is looked for in `$CHROMIUM` and under its usual names. Where there is none the browser's half says so and checks nothing;
//! with `HIGHWATER_BROWSER=1` that is a failure.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// The walk: the first choice that begins so is taken.
const STEPS: [&str; 3] = ["producer 0 writes", "the writer offers the sink", "the sink takes"];

/// No answer for so long is a hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary, listening. Stopped when dropped.
struct Explorer {
    child: Child,
    /// `127.0.0.1:PORT`.
    host: String,
}

impl Explorer {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_highwater"))
            .args(["explore", "--addr", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut text = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        while !text.contains('}') && out.read_line(&mut text).expect("readable") > 0 {}
        let said: Value = serde_json::from_str(&text).expect("JSON");
        let url = said["url"].as_str().expect("a URL");
        let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, host }
    }

    /// The page's answer as JSON. The URL is told just before the server listens, so the first call may have to be made again.
    fn get(&self, path: &str) -> Value {
        let begun = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(&self.host) {
                Ok(stream) => break stream,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{}: {error}", self.host),
            }
            thread::sleep(Duration::from_millis(20));
        };
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.host).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("received");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.contains(" 200 "), "{path}: {head}");
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
    }
}

impl Drop for Explorer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn three_steps_over_http() {
    let explorer = Explorer::start();
    assert!(explorer.get("/.status")["properties"].as_array().is_some_and(|groups| groups.len() == 6));
    let mut path = String::from("/.states/0");
    let mut shown = String::new();
    for wanted in STEPS {
        let choices = explorer.get(&path);
        let choices = choices.as_array().expect("a list of steps");
        let labels: Vec<&str> = choices.iter().filter_map(|choice| choice["action"].as_str()).collect();
        let chosen =
            choices.iter().find(|choice| choice["action"].as_str().is_some_and(|is| is.starts_with(wanted)));
        let chosen = chosen.unwrap_or_else(|| panic!("no step '{wanted}' among {labels:?}"));
        for label in &labels {
            assert!(label.len() < 100 && !label.contains(['{', '\n']), "not readable: {label}");
        }
        shown = chosen["outcome"].as_str().expect("what comes of it").to_owned();
        assert!(shown.starts_with(wanted), "not readable: {shown}");
        path = format!("{path}/{}", chosen["actionIndex"]);
    }
    assert!(shown.contains("b = "), "the sink's answer changes what is buffered: {shown}");
}

#[test]
fn three_steps_in_a_browser_if_one_is_installed() {
    let Some(browser) = browser() else {
        let words = "SKIPPED: no browser was checked, because no Chromium is installed \
                     (Debian: apt-get install -y chromium; or name one in CHROMIUM).\n";
        assert!(std::env::var_os("HIGHWATER_BROWSER").is_none(), "{words}");
        // Not by `eprintln!`, which a passing test keeps to itself.
        let _ = std::io::stderr().write_all(words.as_bytes());
        return;
    };
    let explorer = Explorer::start();
    explorer.get("/.status");
    let profile = Profile::new();
    let mut link = String::from("#/steps/0");
    let mut labels = Vec::new();
    for wanted in STEPS {
        let page = render(&browser, &profile, &format!("http://{}/{link}", explorer.host));
        let choices = links(&page, "Next Action Choices");
        let chosen = choices.iter().find(|(_, label)| label.starts_with(wanted));
        let (next, label) = chosen.unwrap_or_else(|| panic!("no link '{wanted}' among {choices:?}"));
        link.clone_from(next);
        labels.push(label.clone());
    }
    let page = render(&browser, &profile, &format!("http://{}/{link}", explorer.host));
    let walked: Vec<String> = links(&page, "Path of Actions").into_iter().map(|(_, label)| label).collect();
    assert_eq!(walked[walked.len() - 3..], labels, "the page lists the steps taken");
    let (_, state) = page.split_once("<h2>Current State</h2>").expect("the state's heading");
    assert!(text_of(state).contains("b = "), "the page shows the state: {}", text_of(state));
    let (status, _) = page.split_once("<h2>Properties</h2>").expect("the properties' heading");
    assert!(text_of(status).contains("Unique States:"), "{}", text_of(status));
}

fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Some(named.into());
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let all = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.into_iter().find(|path| path.is_file())
}

/// A folder for the browser alone, removed when dropped.
struct Profile(PathBuf);

impl Profile {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("highwater-explore-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The page's elements once its scripts have run.
fn render(browser: &Path, profile: &Profile, url: &str) -> String {
    let quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
    let offline = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
    let mut child = Command::new(browser)
        .args(quiet)
        .args(offline)
        .arg(format!("--user-data-dir={}", profile.0.display()))
        .args(["--virtual-time-budget=4000", "--dump-dom", url])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the browser starts");
    let mut out = child.stdout.take().expect("piped");
    let reader = thread::spawn(move || {
        let mut page = String::new();
        out.read_to_string(&mut page).map(|_| page)
    });
    let begun = Instant::now();
    while child.try_wait().expect("waited for").is_none() {
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the browser did not come back from {url}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    reader.join().expect("the reader's thread").expect("text")
}

/// The links of the list below this heading: where they lead and what they say.
fn links(page: &str, heading: &str) -> Vec<(String, String)> {
    let (_, after) = page.split_once(&format!("<h2>{heading}</h2>")).expect("the heading");
    let end = after.find("<h2>").unwrap_or(after.len());
    let mut all = Vec::new();
    for link in after[..end].split("<a ").skip(1) {
        let (tag, rest) = link.split_once('>').expect("a whole tag");
        let (label, _) = rest.split_once("</a>").expect("its end");
        let href = tag.split_once("href=\"").and_then(|(_, value)| value.split_once('"'));
        all.extend(href.map(|(href, _)| (href.to_owned(), text_of(label))));
    }
    all
}

/// The text without the tags.
fn text_of(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            letter if !inside => out.push(letter),
            _ => {}
        }
    }
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim().to_owned()
}
