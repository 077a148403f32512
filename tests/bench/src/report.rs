//! What was measured, as a page that somebody can read: targets first, then the figures, then what they were made on.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::rounds::Compared;
use crate::seed::Seed;
use crate::{Outcome, number};

/// A promise, and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// What was promised.
    pub(crate) about: String,
    /// What was measured; none where it could not be.
    pub(crate) measured: Option<f64>,
    /// Where it must lie.
    pub(crate) bound: Bound,
    /// In what it is counted: ` ms`, ` MB`, or nothing for a ratio.
    pub(crate) unit: &'static str,
}

/// Where a figure must lie.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    /// Not below.
    AtLeast(f64),
    /// Not above.
    AtMost(f64),
}

impl Target {
    fn met(&self) -> Option<bool> {
        let measured = self.measured?;
        Some(match self.bound {
            Bound::AtLeast(least) => measured >= least,
            Bound::AtMost(most) => measured <= most,
        })
    }

    fn row(&self) -> String {
        let bound = match self.bound {
            Bound::AtLeast(least) => format!("≥ {least}"),
            Bound::AtMost(most) => format!("≤ {most}"),
        };
        let (measured, met) = match (self.measured, self.met()) {
            (Some(measured), Some(true)) => (format!("{measured:.2}{}", self.unit), "met"),
            (Some(measured), _) => (format!("{measured:.2}{}", self.unit), "**missed**"),
            (None, _) => ("not measured".to_owned(), "—"),
        };
        format!("| {} | {bound}{} | {measured} | {met} |\n", self.about, self.unit)
    }
}

/// Everything a run has found out.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The promises.
    pub(crate) targets: Vec<Target>,
    /// The service beside pgbench.
    pub(crate) compared: Vec<Compared>,
    /// The seeds.
    pub(crate) seeds: Vec<Seed>,
    /// What does not fit into a table, a sentence each.
    pub(crate) remarks: Vec<String>,
    /// What the server was told.
    pub(crate) settings: String,
}

impl Report {
    /// The kind of request at one number of connections, on the database with so many cases.
    pub(crate) fn find(&self, name: &str, cases: u64, connections: usize) -> Option<&Compared> {
        self.compared
            .iter()
            .find(|it| it.name == name && it.cases == cases && it.connections == connections)
    }

    /// Writes the page, and its chart beside it.
    pub(crate) fn write(&self, out: &Path) -> Outcome<()> {
        let chart = out.with_extension("svg");
        fs::write(&chart, self.chart())?;
        let name = chart
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        fs::write(out, self.page(&name)?)?;
        Ok(())
    }

    fn page(&self, chart: &str) -> Outcome<String> {
        let mut page = String::from("# How fast the house is\n\n");
        writeln!(
            page,
            "Measured by `tests/bench/run`, which says how.\n\n![ratios]({chart})\n"
        )?;
        page.push_str("## What was promised\n\n| Promise | Target | Measured | |\n|---|---|---|---|\n");
        for target in &self.targets {
            page.push_str(&target.row());
        }
        page.push_str(
            "\n## Beside pgbench\n\nMedians of the rounds. A ratio is requests a second for one transaction a second of \
             pgbench, which issues the same statements in the same round. Costs are microseconds of processor time for \
             each request.\n\n\
             | Cases | Request | Connections | per s | pgbench per s | ratio | p50 ms | p99 ms | service | PostgreSQL | \
             generator | pgbench's PostgreSQL | statements | errors |\n\
             |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
        );
        for compared in &self.compared {
            let [service, database, generator] = compared.cost();
            writeln!(
                page,
                "| {} | {} | {} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {service:.0} | {database:.0} | {generator:.0} \
                 | {:.0} | {} | {} |",
                compared.cases,
                compared.name,
                compared.connections,
                compared.median(|round| round.load.rate()),
                compared.median(|round| round.floor.rate),
                compared.ratio(),
                compared.median(|round| round.load.p(50)),
                compared.median(|round| round.load.p(99)),
                compared.median(|round| round.floor.database),
                compared.statements,
                compared.errors(),
            )?;
        }
        page.push_str("\n## Besides\n\n");
        for remark in &self.remarks {
            writeln!(page, "- {remark}")?;
        }
        page.push_str("\n## What a case weighs\n\n| Cases | of them whole | Table | MB | rows | bytes a case |\n|---|---|---|---|---|---|\n");
        for seed in &self.seeds {
            let recipe = &seed.recipe;
            for (table, (bytes, rows)) in seed.tables.iter().filter(|(_, (bytes, _))| *bytes > 1 << 20) {
                writeln!(
                    page,
                    "| {} | {} | {table} | {:.0} | {rows} | {:.0} |",
                    recipe.cases,
                    recipe.whole,
                    number(*bytes) / 1e6,
                    number(*bytes) / number(seed.cases_in(table)),
                )?;
            }
        }
        page.push_str("\n## What it was measured on\n\n");
        for line in machine() {
            writeln!(page, "- {line}")?;
        }
        for seed in &self.seeds {
            let recipe = &seed.recipe;
            writeln!(
                page,
                "- Seed: {} lives led through the service, {} cases copied from them ({} whole, {} to be searched) in {} s, chance begins \
                 with {}, the clock stands at {}",
                recipe.lives,
                recipe.cases,
                recipe.whole,
                recipe.searched,
                seed.seconds,
                recipe.seed,
                seed.now
            )?;
        }
        writeln!(page, "\nPostgreSQL was told:\n\n```text\n{}```", self.settings)?;
        Ok(page)
    }

    /// A bar for each ratio, and a line where pgbench stands.
    fn chart(&self) -> String {
        const BAR: usize = 22;
        const LEFT: f64 = 260.0;
        const UNIT: f64 = 120.0;
        const MOST: f64 = 4.0;
        let height = 40 + BAR * self.compared.len();
        let mut bars = String::new();
        for (at, compared) in self.compared.iter().enumerate() {
            let (top, ratio) = (30 + at * BAR, compared.ratio());
            let (width, text) = (ratio.min(MOST) * UNIT, top + 13);
            let color = if ratio >= 1.0 { "#2a7f62" } else { "#c98b2b" };
            writeln!(
                bars,
                "<text x=\"{}\" y=\"{text}\" text-anchor=\"end\">{} · {} cases · c{}</text>\
                 <rect x=\"{LEFT}\" y=\"{top}\" width=\"{width:.0}\" height=\"16\" fill=\"{color}\"/>\
                 <text x=\"{:.0}\" y=\"{text}\">{ratio:.2}</text>",
                LEFT - 8.0,
                compared.name,
                compared.cases,
                compared.connections,
                LEFT + width + 6.0,
            )
            .expect("a string takes what is written");
        }
        let one = LEFT + UNIT;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"820\" height=\"{height}\" font-family=\"sans-serif\" \
             font-size=\"12\">\n<text x=\"{one}\" y=\"18\" text-anchor=\"middle\">pgbench</text>\n{bars}\
             <line x1=\"{one}\" y1=\"24\" x2=\"{one}\" y2=\"{height}\" stroke=\"#444\" stroke-dasharray=\"4 3\"/>\n</svg>\n"
        )
    }
}

/// The machine, a line for each thing.
fn machine() -> Vec<String> {
    let first = |path: &str, key: &str| -> String {
        let said = fs::read_to_string(path).unwrap_or_default();
        let line = said.lines().find(|line| line.starts_with(key));
        let value = line
            .and_then(|line| line.split_once(':'))
            .map_or("unknown", |(_, value)| value.trim());
        value.to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let system = Command::new("uname").args(["-sr"]).output();
    let system = system.map_or_else(
        |_| String::new(),
        |said| String::from_utf8_lossy(&said.stdout).trim().to_owned(),
    );
    let busy = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    vec![
        format!("{cores} cores, {}", first("/proc/cpuinfo", "model name")),
        format!("{} of memory", first("/proc/meminfo", "MemTotal")),
        system,
        format!("load when the report was written: {}", busy.trim()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_says_whether_it_is_met() {
        let target = |measured, bound| Target {
            about: "it".to_owned(),
            measured,
            bound,
            unit: " ms",
        };
        assert!(target(Some(2.0), Bound::AtLeast(1.0)).row().contains("| met |"));
        assert!(target(Some(2.0), Bound::AtMost(1.0)).row().contains("missed"));
        assert!(target(None, Bound::AtMost(1.0)).row().contains("not measured"));
    }
}
