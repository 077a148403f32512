//! Reading the scripts. Whatever is not in the format is refused with its file and line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use api::desk::shipped_rulebooks;
use chrono::NaiveDateTime;
use domain::rulebook::{Checked, Title};
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::cast::{Cast, Who};
use super::expected::Expected;

/// How a script writes a time.
const TIME: &str = "%Y-%m-%d %H:%M";

/// One example of a regulation: who does what when, and what must follow.
#[derive(Debug)]
pub struct Scenario {
    /// The rulebook under which it plays.
    pub rulebook: String,
    /// Who is who in its office.
    pub cast: Arc<Cast>,
    /// Its file.
    pub file: String,
    /// Its name, of which there is one in the folder.
    pub name: String,
    /// What it says.
    pub title: Title,
    /// Its steps, those first that it continues.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// The file and line where it stands.
    pub place: String,
    /// Its number in its scenario, from 1.
    pub number: usize,
    /// When, by the office's clock.
    pub at: NaiveDateTime,
    /// Who, as the script calls them.
    pub by: String,
    /// Who that is.
    pub who: Who,
    /// The operation; none where only time passes.
    pub act: Option<String>,
    /// On which case, by the script's own name for it.
    pub case: String,
    /// On which thing of the case, where it is not the only or the last one.
    pub on: Option<String>,
    /// The body, its references not resolved yet.
    pub with: Value,
    /// The clauses that it shows.
    pub shows: Vec<String>,
    /// What must follow.
    pub then: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Spanned<GivenScenario>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenScenario {
    name: String,
    title: Title,
    continues: Option<String>,
    step: Vec<Spanned<GivenStep>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenStep {
    at: Option<String>,
    by: String,
    r#do: Option<String>,
    case: Option<String>,
    on: Option<String>,
    #[serde(default)]
    with: toml::Table,
    #[serde(default)]
    shows: Vec<String>,
    #[serde(default)]
    then: Expected,
}

/// Where the scripts are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// Every scenario of every folder, in the order of files and lines.
///
/// # Errors
/// Everything that is wrong with any file, each with file and line.
pub fn read_all() -> Result<Vec<Scenario>, Vec<String>> {
    let (mut scenarios, mut flaws) = (Vec::new(), Vec::new());
    for path in entries(&folder()).into_iter().filter(|path| path.is_dir()) {
        let code = name_of(&path);
        let scripts: Vec<(String, String)> = entries(&path)
            .iter()
            .map(|path| {
                let text =
                    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                (name_of(path), text)
            })
            .collect();
        match read(&code, &scripts) {
            Ok(more) => scenarios.extend(more),
            Err(more) => flaws.extend(more),
        }
    }
    if flaws.is_empty() {
        Ok(scenarios)
    } else {
        Err(flaws)
    }
}

/// The scenarios of one rulebook, given each file's name and text.
///
/// # Errors
/// Everything that is wrong with any file, each with file and line.
pub fn read(code: &str, scripts: &[(String, String)]) -> Result<Vec<Scenario>, Vec<String>> {
    let rulebooks = shipped_rulebooks();
    let rulebook = rulebooks.iter().find(|(known, _)| known.as_str() == code);
    let Some((_, rulebook)) = rulebook else {
        return Err(vec![format!(
            "tests/scenarios/{code}: no regulation of this code comes with the house"
        )]);
    };
    let mut reader = Reader::new(rulebook);
    reader.read(scripts);
    if reader.flaws.is_empty() {
        Ok(reader.scenarios)
    } else {
        Err(reader.flaws)
    }
}

/// Reads the folder of one rulebook.
struct Reader<'r> {
    rulebook: &'r Checked,
    cast: Arc<Cast>,
    flaws: Vec<String>,
    scenarios: Vec<Scenario>,
}

/// A scenario as its file has it, with the place.
struct Found {
    file: String,
    place: String,
    given: GivenScenario,
    /// The places of its steps.
    steps: Vec<String>,
}

impl<'r> Reader<'r> {
    fn new(rulebook: &'r Checked) -> Self {
        Self {
            rulebook,
            cast: Arc::new(Cast::of(rulebook)),
            flaws: Vec::new(),
            scenarios: Vec::new(),
        }
    }

    fn read(&mut self, scripts: &[(String, String)]) {
        let mut found: Vec<Found> = Vec::new();
        for (name, text) in scripts {
            let file = format!("tests/scenarios/{}/{name}", self.rulebook.head.code);
            match scenarios_in(&file, text) {
                Ok(more) => found.extend(more),
                Err(flaw) => self.flaws.push(flaw),
            }
        }
        let mut known: BTreeMap<&str, &Found> = BTreeMap::new();
        for scenario in &found {
            if let Some(other) = known.insert(&scenario.given.name, scenario) {
                let name = &scenario.given.name;
                self.flaws.push(format!(
                    "{}: {name:?} is the name of {} too",
                    scenario.place, other.place
                ));
            }
        }
        for scenario in &found {
            if let Some(steps) = self.steps(scenario, &known) {
                self.scenarios.push(Scenario {
                    rulebook: self.rulebook.head.code.to_string(),
                    cast: self.cast.clone(),
                    file: scenario.file.clone(),
                    name: scenario.given.name.clone(),
                    title: scenario.given.title.clone(),
                    steps,
                });
            }
        }
    }

    /// The steps of a scenario, those first that it continues: without what they show, and without what was refused.
    fn steps(&mut self, scenario: &Found, known: &BTreeMap<&str, &Found>) -> Option<Vec<Step>> {
        let mut line = vec![scenario];
        while let Some(name) = &line[line.len() - 1].given.continues {
            let Some(before) = known.get(name.as_str()) else {
                let names: Vec<_> = known.keys().copied().collect();
                self.flaws.push(format!(
                    "{}: it continues {name:?}, and there are only: {}",
                    scenario.place,
                    names.join(", ")
                ));
                return None;
            };
            if line.iter().any(|it| std::ptr::eq(*it, *before)) {
                self.flaws
                    .push(format!("{}: it continues itself", scenario.place));
                return None;
            }
            line.push(before);
        }
        let flaws = self.flaws.len();
        let mut steps: Vec<Step> = Vec::new();
        for (distance, found) in line.into_iter().enumerate().rev() {
            for (index, (given, place)) in found.given.step.iter().zip(&found.steps).enumerate() {
                let before = steps.last().map(|step| step.at);
                match self.step(given.get_ref(), place, index + 1, before) {
                    Ok(step) if distance == 0 => steps.push(step),
                    Ok(step) if step.then.refused.is_some() => {}
                    Ok(step) => steps.push(Step {
                        shows: Vec::new(),
                        then: Expected::default(),
                        ..step
                    }),
                    Err(flaw) if distance == 0 => {
                        self.flaws.push(format!("{place}: step {}: {flaw}", index + 1));
                    }
                    // Told where the scenario itself is read.
                    Err(_) => return None,
                }
            }
        }
        (self.flaws.len() == flaws).then_some(steps)
    }

    fn step(
        &self,
        given: &GivenStep,
        place: &str,
        number: usize,
        before: Option<NaiveDateTime>,
    ) -> Result<Step, String> {
        let at = match (&given.at, before) {
            (Some(at), _) => NaiveDateTime::parse_from_str(at, TIME)
                .map_err(|_| format!("at = {at:?} is no time; write \"2026-09-17 09:12\""))?,
            (None, Some(before)) => before,
            (None, None) => return Err("the first step of all needs `at`".to_owned()),
        };
        if before.is_some_and(|before| at < before) {
            return Err(format!(
                "at = {:?} lies before the step before it",
                at.format(TIME).to_string()
            ));
        }
        let who = self.cast.who(&given.by)?;
        match (&who, &given.r#do) {
            (Who::Clock, Some(_)) => {
                return Err("the clock does nothing: leave out `do`, or say by whom".to_owned());
            }
            (Who::Person(_), None) => return Err("what is done? `do` names the operation".to_owned()),
            (Who::Clock, None) | (Who::Person(_), Some(_)) => {}
        }
        self.holds_together(given)?;
        Ok(Step {
            place: place.to_owned(),
            number,
            at,
            by: given.by.clone(),
            who,
            act: given.r#do.clone(),
            case: given.case.clone().unwrap_or_else(|| "case".to_owned()),
            on: given.on.clone(),
            with: json(toml::Value::Table(given.with.clone())),
            shows: given.shows.clone(),
            then: given.then.clone(),
        })
    }

    /// Clauses that exist, and a step that depends on what it shows.
    fn holds_together(&self, given: &GivenStep) -> Result<(), String> {
        let named = given.then.clauses();
        let shown = given.shows.iter().map(String::as_str);
        for clause in shown.chain(named.iter().copied()) {
            let known = self.rulebook.clauses.keys().any(|id| id.as_str() == clause);
            if !known {
                return Err(format!("{} knows no clause {clause}", self.rulebook.head.code));
            }
        }
        let other: BTreeSet<_> = given.shows.iter().collect();
        if other.len() < given.shows.len() {
            return Err("`shows` names a clause twice".to_owned());
        }
        if !given.shows.is_empty() && given.then.is_empty() {
            return Err("what shows a clause says in `then` what must follow".to_owned());
        }
        Ok(())
    }
}

/// The scenarios of a file with their lines.
fn scenarios_in(file: &str, text: &str) -> Result<Vec<Found>, String> {
    let place = |at: usize| format!("{file}:{}", text[..at].matches('\n').count() + 1);
    let read: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        format!("{}: {error}", place(at))
    })?;
    Ok(read
        .scenario
        .into_iter()
        .map(|scenario| Found {
            file: file.to_owned(),
            place: place(scenario.span().start),
            steps: scenario
                .get_ref()
                .step
                .iter()
                .map(|step| place(step.span().start))
                .collect(),
            given: scenario.into_inner(),
        })
        .collect())
}

/// A TOML value as JSON; a date as its text.
pub(super) fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(members) => members
            .into_iter()
            .map(|(name, member)| (name, json(member)))
            .collect(),
    }
}

/// What is in a folder, in order.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    paths.sort();
    paths
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
