//! More than it can carry: what becomes of those who are accepted, of those who are refused, and of those who come after.

use std::time::Duration;

use crate::load::{Load, Plan, percentile};
use crate::report::{Bound, Report, Target};
use crate::rounds::Stage;
use crate::work::Work;
use crate::{Outcome, tell};

/// Many more than serve it well: in an open loop those who wait must not keep others from asking.
const CONNECTIONS: usize = 2000;
const MEASURED: Duration = Duration::from_secs(5);
const WARM_UP: Duration = Duration::from_secs(1);

/// Finds out how much it carries, asks for half of it and for four times as much, and sees how it recovers.
pub(crate) fn measure(stage: &Stage, report: &mut Report) -> Outcome<()> {
    let closed = Plan {
        connections: 64,
        rate: None,
        warm_up: WARM_UP,
        measured: MEASURED,
    };
    let capacity = stage.load(&Work::Create, closed)?;
    let open = |times: f64| Plan {
        // Half the load needs no more than serve it well; each that is open and silent costs, too.
        connections: if times < 1.0 {
            closed.connections * 4
        } else {
            CONNECTIONS
        },
        rate: Some(capacity.rate() * times),
        ..closed
    };
    let half = stage.load(&Work::Create, open(0.5))?;
    let over = stage.load(&Work::Create, open(4.0))?;
    // From the first to the second second after.
    let after = stage.load(
        &Work::Create,
        Plan {
            warm_up: Duration::from_secs(1),
            measured: Duration::from_secs(1),
            ..closed
        },
    )?;
    let refused = over.refused.len();
    for (name, load) in [
        ("closed, 64 connections", &capacity),
        ("half", &half),
        ("four times", &over),
        ("after", &after),
    ] {
        let line = told(name, load);
        tell(&line);
        report.remarks.push(line);
    }
    let target = |about: &str, measured, bound, unit| Target {
        about: about.to_owned(),
        measured,
        bound,
        unit,
    };
    report.targets.extend([
        target(
            "Four times too much: accepted p99 beside that at half load",
            Some(over.p(99) / half.p(99)),
            Bound::AtMost(3.0),
            "",
        ),
        target(
            "Four times too much: errors other than 503",
            Some(crate::number(over.errors())),
            Bound::AtMost(0.0),
            "",
        ),
        target(
            "Two seconds later: speed beside that before",
            Some(after.rate() / capacity.rate()),
            Bound::AtLeast(0.9),
            "",
        ),
    ]);
    report.remarks.push(format!(
        "Refused at four times: {refused}, p50 {:.1} ms, p99 {:.1} ms after they should have been sent",
        percentile(&over.refused, 50),
        percentile(&over.refused, 99)
    ));
    Ok(())
}

fn told(name: &str, load: &Load) -> String {
    format!(
        "Create, {name}: {:.0} accepted a second, p50 {:.1} ms, p99 {:.1} ms; answers by status {:?}",
        load.rate(),
        load.p(50),
        load.p(99),
        load.answers
    )
}
