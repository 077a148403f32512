//! Whole lives of cases, led through the service as an office leads them: the seed of every table.
//!
//! Two offices share the lives: the service hall, where one officer does everything, and the tobacco company, with a
//! leader's instruction and a dispatch to a unit. Of twenty lives eighteen end in the archive; two stay open, one in
//! each office, at different stages. The open ones are led last, so that nothing on them is due when the clock stops.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::service::Service;
use crate::{Outcome, texts};

/// The officer of the hall, who does everything there.
pub(crate) const HALL: &str = "service_hall.complaint_officer";
/// Who takes matters in at the company.
pub(crate) const INTAKE: &str = "tobacco_supervision.intake_officer";
const LEADER: &str = "tobacco_supervision.supervising_leader";
const UNIT: &str = "tobacco_supervision.first_responsible_person";

/// Of so many lives in a row, the first is open in the hall and the one in the middle at the company.
pub(crate) const CYCLE: usize = 20;

/// How many lead lives at once.
const HANDS: usize = 8;

/// Lives that were led.
#[derive(Debug)]
pub(crate) struct Led {
    /// The ids of the cases, by their ordinals.
    pub(crate) cases: Vec<String>,
    /// Where the clock stands now.
    pub(crate) now: String,
}

/// The tokens of those who act, by user name; they end with the day.
type Tokens = BTreeMap<&'static str, String>;

/// Who is named in what is said.
struct Named {
    hall_id: String,
    unit_id: String,
}

/// One life on its way.
struct Life {
    case: String,
    version: u64,
    dispatch: String,
    ahead: Vec<Step>,
}

/// One act: on which day of the story, who does it, below which path of the case, and what is said.
struct Step {
    day: i64,
    by: &'static str,
    path: &'static str,
    body: Value,
}

/// The day on which the open ones begin.
const LAST_DAY: i64 = 3;

/// Leads so many lives, a multiple of twenty.
pub(crate) fn lead(service: &Service, count: usize, seed: u64) -> Outcome<Led> {
    let start = Utc::now() + Duration::minutes(10);
    service.set_clock(&instant(start))?;
    let named = Named::of(service)?;
    let mut lives: Vec<Life> = (0..count)
        .map(|ordinal| Life {
            case: String::new(),
            version: 0,
            dispatch: String::new(),
            ahead: named.life(ordinal, seed, start),
        })
        .collect();
    for day in 0..=LAST_DAY {
        service.set_clock(&instant(start + Duration::days(day)))?;
        let tokens = [HALL, INTAKE, LEADER, UNIT]
            .into_iter()
            .map(|name| Ok((name, service.log_in(name)?)))
            .collect::<Outcome<Tokens>>()?;
        side_by_side(&mut lives, |life| life.spend(day, service, &tokens))?;
    }
    Ok(Led {
        cases: lives.into_iter().map(|life| life.case).collect(),
        // Copies lie up to a second later than what they are copies of.
        now: instant(start + Duration::days(LAST_DAY) + Duration::seconds(2)),
    })
}

/// Leads so many lives in the hall to where they are accepted, some each day until `now`; the ids of the cases.
pub(crate) fn begin(service: &Service, count: usize, now: &str) -> Outcome<Vec<String>> {
    let now: DateTime<Utc> = now.parse()?;
    let (named, mut cases) = (Named::of(service)?, Vec::new());
    let token = service.log_in(HALL)?;
    let tokens = Tokens::from([(HALL, token)]);
    for ordinal in 0..count {
        let mut life = Life {
            case: String::new(),
            version: 0,
            dispatch: String::new(),
            ahead: named.life(ordinal * CYCLE + 1, ordinal as u64, now),
        };
        life.ahead.truncate(ACCEPTED);
        life.spend(0, service, &tokens)?;
        cases.push(life.case);
    }
    Ok(cases)
}

const REPORT_OFFICER: &str = "report_disposal.report_officer";
const DEPARTMENT_HEAD: &str = "report_disposal.department_head";

/// Leads so many reports, one after another read, to where their time is over: declined on the day, archived, and erased
/// after the three years that the rulebook (R14) keeps them.
pub(crate) fn lead_to_erasure(service: &Service, count: usize, now: &str) -> Outcome<Led> {
    let begun: DateTime<Utc> = now.parse()?;
    let (officer, head) = (service.log_in(REPORT_OFFICER)?, service.log_in(DEPARTMENT_HEAD)?);
    let ask = |by: &str, path: &str, version: Option<u64>, body: &Value| -> Outcome<Value> {
        let version = version
            .map(|version| format!("\"{version}\""))
            .unwrap_or_default();
        let headers = [("If-Match", version.as_str())];
        let headers = if version.is_empty() { &[][..] } else { &headers[..] };
        service.ask("POST", path, Some(by), headers, Some(body))
    };
    let version_of = |answer: &Value| answer["version"].as_u64().ok_or("an act gives a version");
    let mut cases = Vec::new();
    for ordinal in 0..count {
        let mut dice = Dice::new(ordinal as u64);
        let matter = json!({
            "case_type": "report", "channel": "phone", "source": "public",
            "subject": texts::subject(&mut dice), "content": texts::content(&mut dice, ordinal as u64),
            "incident": {"time": "上周五下午", "place": "三楼会议室"},
            "complainant": {"role": "reporter", "identity_mode": "anonymous"},
        });
        let taken = ask(&officer, "/api/v1/cases", None, &matter)?;
        let case = taken["case_id"]
            .as_str()
            .ok_or("an act names its case")?
            .to_owned();
        let path = |part: &str| format!("/api/v1/cases/{case}{part}");
        let decline = json!({"ground": "out_of_scope", "explanation": texts::subject(&mut dice)});
        let declined = ask(
            &officer,
            &path("/declination"),
            Some(version_of(&taken)?),
            &decline,
        )?;
        let archived = ask(
            &officer,
            &path("/archiving"),
            Some(version_of(&declined)?),
            &json!({}),
        )?;
        version_of(&archived)?;
        service.ask("GET", &path(""), Some(&officer), &[], None)?;
        cases.push(case);
    }
    let over = instant(begun + Duration::days(3 * 366 + 1));
    service.set_clock(&over)?;
    for case in &cases {
        let path = format!("/api/v1/cases/{case}");
        let seen = service.ask("GET", &path, Some(&head), &[], None)?;
        ask(
            &head,
            &format!("{path}/erasure"),
            Some(version_of(&seen)?),
            &json!({}),
        )?;
    }
    Ok(Led { cases, now: over })
}

/// How many steps it takes in the hall until a case is accepted.
const ACCEPTED: usize = 4;

/// An instant as the service takes it, in whole seconds.
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Does the same for all, several at once.
fn side_by_side(lives: &mut [Life], act: impl Fn(&mut Life) -> Outcome<()> + Sync) -> Outcome<()> {
    let next = AtomicUsize::new(0);
    let waiting: Vec<Mutex<&mut Life>> = lives.iter_mut().map(Mutex::new).collect();
    let work = || -> Outcome<()> {
        while let Some(life) = waiting.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut life = life.lock().map_err(|_| "another hand failed")?;
            act(&mut life)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(work)).collect();
        hands
            .into_iter()
            .try_for_each(|hand| hand.join().map_err(|_| "a hand that leads lives panicked")?)
    })
}

impl Life {
    /// Does what this life has to do on a day.
    fn spend(&mut self, day: i64, service: &Service, tokens: &Tokens) -> Outcome<()> {
        while self.ahead.first().is_some_and(|step| step.day == day) {
            let step = self.ahead.remove(0);
            let (path, version) = if self.case.is_empty() {
                ("/api/v1/cases".to_owned(), String::new())
            } else {
                let below = step.path.replace("{dispatch}", &self.dispatch);
                (
                    format!("/api/v1/cases/{}{below}", self.case),
                    format!("\"{}\"", self.version),
                )
            };
            let headers = [("If-Match", version.as_str())];
            let headers = if version.is_empty() { &[][..] } else { &headers[..] };
            let answer = service.ask(
                "POST",
                &path,
                tokens.get(step.by).map(String::as_str),
                headers,
                Some(&step.body),
            )?;
            answer["case_id"]
                .as_str()
                .ok_or("an act names its case")?
                .clone_into(&mut self.case);
            self.version = answer["version"].as_u64().ok_or("an act gives a version")?;
            if let Some(dispatch) = answer["case"]["dispatches"][0]["id"].as_str() {
                dispatch.clone_into(&mut self.dispatch);
            }
        }
        Ok(())
    }
}

impl Named {
    fn of(service: &Service) -> Outcome<Self> {
        let me = |name: &str, field: &str| -> Outcome<String> {
            let me = service.ask("GET", "/api/v1/session", Some(&service.log_in(name)?), &[], None)?;
            Ok(me[field].as_str().ok_or("a session says who it is")?.to_owned())
        };
        Ok(Self {
            hall_id: me(HALL, "staff_id")?,
            unit_id: me(UNIT, "unit_id")?,
        })
    }

    /// What happens in the life with this ordinal: all of it, or, if it stays open, its beginning, on the last day.
    fn life(&self, ordinal: usize, seed: u64, start: DateTime<Utc>) -> Vec<Step> {
        let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(ordinal as u64));
        // A day of the calendar where the offices are.
        let on = |day| {
            (start + Duration::days(day) + Duration::hours(8))
                .format("%Y-%m-%d")
                .to_string()
        };
        let at_company = ordinal % CYCLE >= CYCLE / 2;
        let mut life = if at_company {
            self.at_the_company(ordinal, &mut dice, on)
        } else {
            self.in_the_hall(ordinal, &mut dice, on)
        };
        if ordinal.is_multiple_of(CYCLE / 2) {
            let stages: &[usize] = if at_company { &[1, 2, 5, 6] } else { &[4, 5, 6, 7] };
            life.truncate(stages[ordinal / CYCLE % stages.len()]);
            for step in &mut life {
                step.day = LAST_DAY;
            }
        }
        life
    }

    fn in_the_hall(&self, ordinal: usize, dice: &mut Dice, on: impl Fn(i64) -> String) -> Vec<Step> {
        let step = |day, path, body| Step {
            day,
            by: HALL,
            path,
            body,
        };
        vec![
            step(0, "", hall_matter(dice, ordinal as u64)),
            step(
                0,
                "/notices",
                json!({"kind": "process_notice", "text": texts::subject(dice), "channel": "visit"}),
            ),
            step(0, "/classifications", json!({"category": "conduct_service"})),
            step(0, "/acceptance", json!({})),
            step(1, "/handler-assignments", json!({"handler_id": self.hall_id})),
            step(
                1,
                "/activities",
                json!({"kind": "interview", "text": texts::subject(dice)}),
            ),
            step(
                1,
                "/investigation-completion",
                json!({"finding": "substantiated", "report": texts::subject(dice)}),
            ),
            step(
                1,
                "/measures",
                json!({"kind": "correct_error", "taken_on": on(1), "text": texts::subject(dice)}),
            ),
            step(
                2,
                "/replies",
                json!({"text": texts::reply(dice), "channel": "phone"}),
            ),
            step(2, "/closure", json!({"reason": "answered"})),
            step(2, "/archiving", json!({})),
        ]
    }

    fn at_the_company(&self, ordinal: usize, dice: &mut Dice, on: impl Fn(i64) -> String) -> Vec<Step> {
        let step = |day, by, path, body| Step { day, by, path, body };
        let task = json!({"unit_id": self.unit_id, "role": "lead", "task": texts::subject(dice), "standard": "客户确认"});
        vec![
            step(0, INTAKE, "", company_matter(dice, ordinal as u64)),
            step(0, INTAKE, "/acceptance", json!({})),
            step(0, INTAKE, "/instruction-requests", json!({})),
            step(0, LEADER, "/instructions", json!({"text": texts::subject(dice)})),
            step(
                0,
                INTAKE,
                "/dispatches",
                json!({"units": [task], "sent_through": "in_system"}),
            ),
            step(
                1,
                UNIT,
                "/dispatches/{dispatch}/signature",
                json!({"receipt_method": "in_system"}),
            ),
            step(
                1,
                UNIT,
                "/investigation-completion",
                json!({
                    "finding": "substantiated", "cause": texts::subject(dice), "responsible_person": "信息员王某",
                    "report": texts::subject(dice),
                }),
            ),
            step(
                1,
                UNIT,
                "/disposition-plans",
                json!({"measures": texts::subject(dice), "person": "信息员王某", "finish_on": on(3)}),
            ),
            step(
                2,
                UNIT,
                "/measures",
                json!({"kind": "correct_error", "taken_on": on(2), "text": texts::subject(dice)}),
            ),
            step(2, UNIT, "/measures-completion", json!({})),
            step(2, UNIT, "/rectification-checks", json!({"passed": true})),
            step(
                2,
                UNIT,
                "/dispatches/{dispatch}/report-back",
                json!({
                    "summary": texts::subject(dice), "contacted_complainant": true, "resolved": true,
                }),
            ),
            step(
                2,
                INTAKE,
                "/replies",
                json!({"text": texts::reply(dice), "channel": "phone"}),
            ),
            step(
                2,
                INTAKE,
                "/follow-ups",
                json!({"reached": true, "satisfaction": "satisfied"}),
            ),
            step(2, LEADER, "/second-dispatch-decisions", json!({"needed": false})),
            step(2, INTAKE, "/closure", json!({"reason": "answered"})),
            step(2, INTAKE, "/archiving", json!({})),
        ]
    }
}

/// A complaint as somebody brings it to the hall.
pub(crate) fn hall_matter(dice: &mut Dice, ordinal: u64) -> Value {
    json!({
        "case_type": "complaint", "channel": "visit", "source": "public",
        "subject": texts::subject(dice), "content": texts::content(dice, ordinal),
        "complainant": {"role": "complainant", "identity_mode": "real_name", "name": "张某某", "phone": "13800000000"},
    })
}

/// A complaint as a customer brings it to the company.
pub(crate) fn company_matter(dice: &mut Dice, ordinal: u64) -> Value {
    json!({
        "case_type": "complaint", "channel": "phone", "source": "public",
        "subject": texts::subject(dice), "content": texts::content(dice, ordinal),
        "requested_remedy": texts::subject(dice),
        "complainant": {
            "role": "complainant", "identity_mode": "real_name", "category": "retail_customer",
            "name": "张某", "phone": "13800000000",
        },
    })
}
