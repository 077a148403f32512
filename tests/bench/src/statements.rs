//! The statements that the service issues for one request alone, taken from the server's log, as a script for pgbench.
//!
//! Nothing is written down by hand, so that the script cannot drift from the service. The same request is made on two
//! cases, and again on the first; what differs is what must differ in each transaction: ids of the case that is met are
//! drawn among those that are there; ids, keys and numbers that are made are made anew. Every other value travels as it
//! was, as a parameter with its type. What cannot be told apart stops the benchmark.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::dice::Dice;
use crate::mold::{case_id, is_id};
use crate::seed::Seed;
use crate::server::Server;
use crate::service::Service;
use crate::work::{Side, Work};
use crate::{Outcome, failure};

/// How long the log may lag behind.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a capture is tried in which something else of the service's came between.
const TRIES: usize = 5;
/// What the connections are told to log: statements with their values, and as what the server understood them.
const LOGGED: [&str; 3] = [
    "log_statement = 'all'",
    "debug_print_parse = on",
    "debug_pretty_print = off",
];

/// A transaction for pgbench.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// The script.
    pub(crate) text: String,
    /// The values of its parameters, by name.
    pub(crate) values: Vec<(String, String)>,
    /// How many statements it issues, those that begin and end a transaction not counted.
    pub(crate) statements: usize,
}

/// One statement as it was executed: its text, and the values of its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Executed {
    text: String,
    values: Vec<Option<String>>,
}

/// What one request led to.
struct Captured {
    executed: Vec<Executed>,
    /// The ordinal of the case that was met.
    ordinal: u64,
    key: String,
}

/// A service whose statements are logged.
pub(crate) struct Eavesdropper<'a> {
    server: &'a Server,
    service: Service,
    token: String,
    database: String,
    seed: &'a Seed,
    /// How many cases were met.
    asked: u64,
    /// How many requests were made.
    keys: u64,
}

impl<'a> Eavesdropper<'a> {
    /// Starts a service that is listened to.
    pub(crate) fn start(
        server: &'a Server,
        program: &Path,
        seed: &'a Seed,
        user_name: &str,
        log: &Path,
    ) -> Outcome<Self> {
        let database = seed.recipe.database();
        for setting in LOGGED {
            server.ask(
                "postgres",
                &format!("ALTER ROLE huiyin IN DATABASE {database} SET {setting}"),
            )?;
        }
        let service = Service::start(program, &server.url(&database), Some(&seed.now), &[], log)?;
        let token = service.log_in(user_name)?;
        Ok(Self {
            server,
            service,
            token,
            database,
            seed,
            asked: 0,
            keys: 0,
        })
    }

    /// The script of one kind of request.
    pub(crate) fn script(&mut self, work: &Work) -> Outcome<Script> {
        for _ in 0..TRIES {
            // On every connection that may serve it the statements are prepared and the law is known before we listen.
            for _ in 0..12 {
                let ordinal = self.next_ordinal(work);
                self.ask(work, ordinal)?;
            }
            let (one, other) = (self.next_ordinal(work), self.next_ordinal(work));
            let first = self.capture(work, one)?;
            let others = [self.capture(work, other)?, self.capture(work, one)?];
            let texts = |captured: &Captured| -> Vec<String> {
                captured
                    .executed
                    .iter()
                    .map(|executed| executed.text.clone())
                    .collect()
            };
            let same = others.iter().all(|captured| texts(captured) == texts(&first));
            if same && !first.executed.is_empty() {
                return script(work, self.seed, &first, &others, &self.types()?);
            }
        }
        Err(failure(format!(
            "{}: no two requests issue the same statements",
            work.name()
        )))
    }

    /// The script of what the service does when nobody asks: its periodic look at what is due.
    pub(crate) fn idle_script(&self) -> Outcome<Script> {
        let from = self.mark()?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            sleep(Duration::from_millis(500));
            let executed = self.executed(from, self.mark()?)?;
            if !executed.is_empty() {
                let captured = |executed| Captured {
                    executed,
                    ordinal: 0,
                    key: "no key".to_owned(),
                };
                let others = [captured(executed.clone()), captured(executed.clone())];
                return script(
                    &Work::List(None),
                    self.seed,
                    &captured(executed),
                    &others,
                    &self.types()?,
                );
            }
        }
        Err(failure("the service never looks at what is due"))
    }

    /// A case that nobody has met: copies of one life, so that they differ in nothing but who they are.
    fn next_ordinal(&mut self, work: &Work) -> u64 {
        let range = work.range(&self.seed.recipe, Side::Service);
        let lives = self.seed.recipe.lives as u64;
        let ordinal = range.first + lives * self.asked % (range.step * range.count).max(1);
        self.asked += 1;
        ordinal
    }

    /// Asks about a case; under which key.
    fn ask(&mut self, work: &Work, ordinal: u64) -> Outcome<String> {
        self.keys += 1;
        let mut dice = Dice::fresh();
        let key = format!("{:016x}{:016x}", dice.next(), dice.next());
        let (method, path, body) = work.asked(ordinal);
        let headers = [("Idempotency-Key", key.as_str()), ("Prefer", "return=minimal")];
        let headers = if work.writes() { &headers[..] } else { &[] };
        self.service
            .ask(method, &path, Some(&self.token), headers, body.as_ref())?;
        Ok(key)
    }

    fn capture(&mut self, work: &Work, ordinal: u64) -> Outcome<Captured> {
        let from = self.mark()?;
        let key = self.ask(work, ordinal)?;
        let executed = self.executed(from, self.mark()?)?;
        Ok(Captured {
            executed,
            ordinal,
            key,
        })
    }

    /// What the service had executed between two places in the log.
    fn executed(&self, from: usize, until: usize) -> Outcome<Vec<Executed>> {
        let log = fs::read_to_string(self.server.log())?;
        let between = log.get(from..until).ok_or("the log was cut")?;
        between
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).map_err(Into::into))
            .collect::<Outcome<Vec<Value>>>()?
            .iter()
            .filter(|entry| entry["application_name"] == "huiyin")
            .filter_map(|entry| executed(entry).transpose())
            .collect()
    }

    /// Where the log stands, once everything up to now is in it.
    fn mark(&self) -> Outcome<usize> {
        let word = format!("mark {} {:?}", self.keys, Instant::now());
        let word = word.replace(['\'', '"', '{', '}'], "");
        self.server.ask(&self.database, &format!("SELECT '{word}'"))?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let log = fs::read_to_string(self.server.log())?;
            if log.contains(&word) && log.ends_with('\n') {
                return Ok(log.len());
            }
            sleep(Duration::from_millis(5));
        }
        Err(failure("the server does not log what it is asked"))
    }

    /// As what the server understood the parameters of each statement: names of types, by the statement's text.
    fn types(&self) -> Outcome<BTreeMap<String, BTreeMap<usize, String>>> {
        let names = self
            .server
            .ask(&self.database, "SELECT oid, format_type(oid, NULL) FROM pg_type")?;
        let names: BTreeMap<&str, &str> = names.lines().filter_map(|line| line.split_once('\t')).collect();
        let mut types: BTreeMap<String, BTreeMap<usize, String>> = BTreeMap::new();
        for line in fs::read_to_string(self.server.log())?.lines() {
            let Ok(entry) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            if entry["message"] != "parse tree:" {
                continue;
            }
            let (Some(text), Some(tree)) = (entry["statement"].as_str(), entry["detail"].as_str()) else {
                continue;
            };
            let known = types.entry(text.to_owned()).or_default();
            // The tree is broken into lines anywhere between its words.
            let words: Vec<&str> = tree.split_whitespace().collect();
            for parameter in words.windows(4) {
                if let [":paramid", number, ":paramtype", oid] = parameter {
                    let name = names.get(oid).ok_or("a parameter's type")?;
                    known.insert(number.parse()?, (*name).to_owned());
                }
            }
        }
        Ok(types)
    }
}

impl Drop for Eavesdropper<'_> {
    fn drop(&mut self) {
        let role = format!("ALTER ROLE huiyin IN DATABASE {} RESET ALL", self.database);
        drop(self.server.ask("postgres", &role));
    }
}

/// What an entry of the log says was executed; nothing if it says something else.
fn executed(entry: &Value) -> Outcome<Option<Executed>> {
    let message = entry["message"].as_str().unwrap_or_default();
    let text = match (
        message.strip_prefix("statement: "),
        message.strip_prefix("execute "),
    ) {
        (Some(text), _) => text,
        (None, Some(named)) => named.split_once(": ").ok_or("a statement has a name")?.1,
        (None, None) => return Ok(None),
    };
    let said = entry["detail"]
        .as_str()
        .and_then(|detail| detail.strip_prefix("parameters: "));
    Ok(Some(Executed {
        text: text.to_owned(),
        values: said.map_or_else(|| Ok(Vec::new()), values)?,
    }))
}

/// Reads `$1 = 'it''s', $2 = NULL`.
fn values(said: &str) -> Outcome<Vec<Option<String>>> {
    let mut values = Vec::new();
    let mut rest = said;
    while !rest.is_empty() {
        let (_, value) = rest.split_once(" = ").ok_or("a parameter has a value")?;
        rest = if let Some(after) = value.strip_prefix("NULL") {
            values.push(None);
            after
        } else {
            let quoted = value.strip_prefix('\'').ok_or("a value is quoted")?;
            let mut end = 0;
            loop {
                end += quoted[end..].find('\'').ok_or("a quotation ends")?;
                if quoted[end + 1..].starts_with('\'') {
                    end += 2;
                } else {
                    break;
                }
            }
            values.push(Some(quoted[..end].replace("''", "'")));
            &quoted[end + 1..]
        };
        rest = rest.strip_prefix(", ").unwrap_or(rest);
    }
    Ok(values)
}

fn script(
    work: &Work,
    seed: &Seed,
    first: &Captured,
    others: &[Captured; 2],
    types: &BTreeMap<String, BTreeMap<usize, String>>,
) -> Outcome<Script> {
    let range = work.range(&seed.recipe, Side::Pgbench);
    let mut text = format!(
        "\\set n {} + {} * random(0, {})\n\\set x random(1, 281474976710655)\n",
        range.first,
        range.step,
        range.count - 1
    );
    let mut values = Vec::new();
    let mut statements = 0;
    if work.writes() {
        text.push_str("BEGIN;\n");
    }
    for (place, one) in first.executed.iter().enumerate() {
        if is_bracket(&one.text) {
            continue;
        }
        if one.text.contains(';') {
            return Err(failure(format!(
                "{}: several statements in one: {}",
                work.name(),
                one.text
            )));
        }
        let known = types.get(&one.text);
        let mut parameters = Vec::new();
        for (at, value) in one.values.iter().enumerate() {
            let [other, again] = others.each_ref().map(|captured| {
                let value = captured.executed[place].values.get(at);
                value.and_then(Option::as_deref).unwrap_or_default()
            });
            let kind = known.and_then(|known| known.get(&(at + 1))).ok_or_else(|| {
                failure(format!(
                    "{}: of what type is ${} in: {}",
                    work.name(),
                    at + 1,
                    one.text
                ))
            })?;
            parameters.push(match value {
                None => format!("NULL::{kind}"),
                Some(value) if is_number(kind) && !(value == other && value == again) => {
                    counted(value, [other, again], kind)
                }
                Some(value) => {
                    let name = format!("p{}", values.len());
                    let own = own(value, [other, again], kind, first, &others[0]);
                    values.push((name.clone(), value.clone()));
                    expression(&name, kind, &own)
                }
            });
        }
        text.push_str(&filled(&one.text, &parameters)?);
        text.push_str(";\n");
        statements += 1;
    }
    if work.writes() {
        text.push_str("COMMIT;\n");
    }
    Ok(Script {
        text,
        values,
        statements,
    })
}

/// Whether it only begins or ends a transaction. A script that writes has brackets of its own; one that reads has none,
/// so that it is not slowed down by what the service asks for its own reasons.
fn is_bracket(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default().to_uppercase();
    [
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "START",
        "SAVEPOINT",
        "RELEASE",
        "SET",
    ]
    .contains(&word.as_str())
}

/// A piece of a value that must be another one in each transaction, and what it becomes.
#[derive(Debug, PartialEq, Eq)]
struct OwnPiece {
    piece: String,
    becomes: String,
}

/// The pieces of a value that differ between the two requests and must differ between transactions. What is said
/// about a case in a document may stay as it was: nobody looks at it, and its length is what costs.
fn own(
    value: &str,
    [other, again]: [&str; 2],
    kind: &str,
    first: &Captured,
    second: &Captured,
) -> Vec<OwnPiece> {
    if (value == other && value == again) || kind.starts_with("bytea") || is_document(value) {
        return Vec::new();
    }
    let mut found: Vec<OwnPiece> = Vec::new();
    let mut add = |piece: &str, variable: &str, kept: usize| {
        let own = OwnPiece {
            piece: piece.to_owned(),
            becomes: format!(
                "'{}' || lpad(to_hex(:{variable}::bigint), 12, '0')",
                &piece[..kept]
            ),
        };
        if !found.contains(&own) {
            found.push(own);
        }
    };
    let met = format!("{:012x}", first.ordinal);
    for id in ids(value).filter(|id| !other.contains(id)) {
        let of_the_case =
            id == case_id(first.ordinal) || (id.ends_with(&met) && first.ordinal != second.ordinal);
        add(id, if of_the_case { "n" } else { "x" }, 24);
    }
    if value.contains(&first.key) {
        add(&first.key, "x", 20);
    }
    for number in case_numbers(value).filter(|number| !other.contains(number)) {
        add(number, "x", 5);
    }
    found
}

/// Whether it is counted with: a whole number, or an array of them.
fn is_number(kind: &str) -> bool {
    kind.starts_with("bigint") || kind.starts_with("integer")
}

/// Numbers, of which those are drawn anew that move on with each command on one case, or are others for each case.
/// Two that differ go on to differ.
fn counted(value: &str, theirs: [&str; 2], kind: &str) -> String {
    let (one, drawn) = match kind.strip_suffix("[]").unwrap_or(kind) {
        "integer" => ("integer", "(:x::bigint % 1000000000)::integer"),
        _ => ("bigint", ":x::bigint"),
    };
    let moves_on = |number: &str| theirs.iter().any(|all| numbers(all).all(|it| it != number));
    let each = |number: &str| {
        if number != "NULL" && moves_on(number) {
            format!("'{number}'::{one} # {drawn}")
        } else {
            format!("{number}::{one}")
        }
    };
    match value.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        Some(inner) => {
            let each: Vec<String> = inner.split(',').filter(|it| !it.is_empty()).map(each).collect();
            format!("ARRAY[{}]::{one}[]", each.join(", "))
        }
        None => format!("({})", each(value)),
    }
}

/// Whether a value holds JSON objects.
fn is_document(value: &str) -> bool {
    value.starts_with("{\"{")
        || value.starts_with("{\\\"")
        || value.starts_with("{\"\\\"")
        || value.starts_with("[{")
}

fn numbers(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(|c: char| !c.is_ascii_digit() && c != '-')
        .filter(|word| !word.is_empty())
}

fn ids(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(|c: char| !c.is_ascii_hexdigit() && c != '-')
        .filter(|word| is_id(word.as_bytes()))
}

/// Words like `2026-000123`.
fn case_numbers(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(|c: char| !c.is_ascii_digit() && c != '-')
        .filter(|word| {
            word.split_once('-')
                .is_some_and(|(year, number)| year.len() == 4 && number.len() >= 6 && !number.contains('-'))
        })
}

/// How a parameter stands in the statement.
fn expression(name: &str, kind: &str, own: &[OwnPiece]) -> String {
    if own.is_empty() {
        return format!(":{name}::{kind}");
    }
    let replaced = own
        .iter()
        .fold(format!(":{name}::text"), |inner, OwnPiece { piece, becomes }| {
            format!("replace({inner}, '{piece}', {becomes})")
        });
    format!("({replaced})::{kind}")
}

/// The statement with its parameters in their places, on one line.
fn filled(text: &str, parameters: &[String]) -> Outcome<String> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let digits: String = rest[at + 1..].chars().take_while(char::is_ascii_digit).collect();
        let number: usize = digits
            .parse()
            .map_err(|_| failure(format!("a dollar sign in: {text}")))?;
        let parameter = parameters
            .get(number - 1)
            .ok_or_else(|| failure(format!("no ${number} for: {text}")))?;
        out.push_str(parameter);
        rest = &rest[at + 1 + digits.len()..];
    }
    out.push_str(rest);
    let mut line = String::with_capacity(out.len());
    for part in out.lines() {
        write!(line, "{} ", part.trim()).expect("a string takes what is written");
    }
    Ok(line.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_their_quotes() {
        let said = "$1 = 'it''s, $2 = no', $2 = NULL, $3 = '{a,b}'";
        let read = values(said).unwrap();
        assert_eq!(
            read,
            [Some("it's, $2 = no".to_owned()), None, Some("{a,b}".to_owned())]
        );
    }

    #[test]
    fn what_is_made_is_made_anew_and_what_is_met_is_drawn() {
        let captured = |ordinal, key: &str| Captured {
            executed: Vec::new(),
            ordinal,
            key: key.to_owned(),
        };
        let (first, second) = (captured(255, "k1"), captured(275, "k2"));
        let one = format!("{{{},019aab00-bbbb-7222-8333-444455556666}}", case_id(255));
        let other = format!("{{{},019aab00-cccc-7222-8333-444455556666}}", case_id(275));
        let found = own(&one, [&other, &one], "uuid[]", &first, &second);
        assert_eq!(found.len(), 2);
        assert!(found[0].becomes.contains(":n"), "{found:?}");
        assert!(found[1].becomes.contains(":x"), "{found:?}");
        assert!(expression("p0", "uuid[]", &found).ends_with("::uuid[]"));
    }

    #[test]
    fn a_number_that_moves_on_is_drawn_and_stays_a_number() {
        assert_eq!(
            counted("{5,7,NULL}", ["{6,7,NULL}", "{8,7,NULL}"], "bigint[]"),
            "ARRAY['5'::bigint # :x::bigint, 7::bigint, NULL::bigint]::bigint[]"
        );
        assert_eq!(
            counted("12", ["13", "12"], "integer"),
            "('12'::integer # (:x::bigint % 1000000000)::integer)"
        );
    }

    #[test]
    fn parameters_stand_where_they_stood() {
        let parameters: Vec<String> = (1..=10).map(|at| format!(":p{at}::text")).collect();
        assert_eq!(
            filled("SELECT $1,\n  $10", &parameters).unwrap(),
            "SELECT :p1::text, :p10::text"
        );
    }
}
