//! `get_metrics`: what the service measures of itself.
//!
//! The figures are plain counters where they arise; here they get their names. No label says which office, person or
//! case something was about.

use std::fmt::{self, Debug};

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use persistence::measure::Distribution;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::door::{Door, Side};
use crate::problem::{Kind, Problem};
use crate::streams::STREAMS_MAX;
use crate::traffic::Traffic;

/// The form of the text.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Where the figures come from. An application without it does not show them.
#[derive(Clone)]
pub struct Metrics {
    desk: Data<Desk>,
    door: Data<Door>,
    traffic: Data<Traffic>,
}

/// Figures with their names, one on each line.
#[derive(Default, ToSchema)]
#[schema(max_length = 1_048_576, example = "huiyin_commands_waiting 0")]
struct MetricsText(String);

/// Get the metrics
///
/// What the service measures of itself, as Prometheus reads it: requests, commands, transactions, connections, the
/// sweep. No figure says whom or what it was about. Where the service shows them on an address of their own
/// (`HUIYIN_METRICS_LISTEN`), this one answers `not_found`. For anyone.
#[utoipa::path(
    tag = "system",
    security(()),
    extensions(("x-problem-codes" = json!(["not_found"]))),
    responses((status = 200, description = "The metrics.", body = MetricsText, content_type = "text/plain"))
)]
#[get("/metrics")]
pub(crate) async fn get_metrics(metrics: Option<Data<Metrics>>) -> Result<HttpResponse, Problem> {
    let metrics = metrics.ok_or(Kind::NotFound)?;
    let mut registry = Registry::with_prefix("huiyin");
    registry.register_collector(Box::new(Metrics::clone(&metrics)));
    let mut text = MetricsText::default();
    encode(&mut text.0, &registry).map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type(CONTENT_TYPE).body(text.0))
}

impl Metrics {
    /// The figures of this desk, this door and this traffic.
    pub(crate) fn new(desk: Data<Desk>, door: Data<Door>, traffic: Data<Traffic>) -> Self {
        Self { desk, door, traffic }
    }
}

impl Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Collector for Metrics {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let mut page = Page(encoder);
        self.requests(&mut page)?;
        self.commands(&mut page)?;
        self.database(&mut page)?;
        self.sweep(&mut page)?;
        self.search(&mut page)?;
        self.streams(&mut page)
    }
}

impl Metrics {
    fn requests(&self, page: &mut Page) -> fmt::Result {
        let answered = self
            .traffic
            .answered()
            .map(|(operation, status, count)| ([("operation", operation), ("status", status)], count));
        page.counters("requests", "Requests, by operation and class of status", answered)?;
        let took = self
            .traffic
            .took()
            .map(|(operation, took)| ([("operation", operation)], took));
        page.histograms("request_seconds", "How long an operation took", took)?;
        let sides = [
            ("change", &self.door.changes),
            ("read", &self.door.reads),
            ("stranger", &self.door.strangers),
        ];
        let each = |figure: fn(&Side) -> u64| sides.map(|(kind, side)| ([("kind", kind)], figure(side)));
        page.gauges(
            "requests_under_way",
            "Requests that were let in and are not over",
            each(|side| side.inside() as u64),
        )?;
        page.gauges(
            "requests_under_way_max",
            "How many are let in",
            each(|side| side.most() as u64),
        )?;
        page.counters(
            "requests_turned_away",
            "Requests that were not let in",
            each(Side::refused),
        )
    }

    fn commands(&self, page: &mut Page) -> fmt::Result {
        let measures = self.desk.archive.measures();
        let (waiting, most) = self.desk.archive.waiting();
        page.gauges(
            "commands_waiting",
            "Commands in the queue",
            [(NO_LABEL, waiting as u64)],
        )?;
        page.gauges(
            "commands_waiting_max",
            "How many the queue takes",
            [(NO_LABEL, most as u64)],
        )?;
        let outcomes = measures
            .outcomes()
            .map(|(outcome, count)| ([("outcome", <&str>::from(outcome))], count));
        page.counters("commands", "Commands, by how they ended", outcomes)?;
        page.histograms(
            "command_wait_seconds",
            "How long a command waited in the queue",
            [(NO_LABEL, measures.waited.distribution())],
        )?;
        page.histograms(
            "batch_commands",
            "How many commands shared a transaction",
            [(NO_LABEL, measures.batch.distribution())],
        )?;
        page.histograms(
            "transaction_seconds",
            "How long a transaction of commands took",
            [(NO_LABEL, measures.transaction.distribution())],
        )?;
        for (name, help, counter) in [
            (
                "batches_lost",
                "Batches whose connection was lost",
                &measures.lost,
            ),
            (
                "batches_split",
                "Batches run one by one after an error",
                &measures.split,
            ),
            (
                "batches_panicked",
                "Batches in which something panicked",
                &measures.panicked,
            ),
        ] {
            page.counters(name, help, [(NO_LABEL, counter.count())])?;
        }
        Ok(())
    }

    fn database(&self, page: &mut Page) -> fmt::Result {
        let measures = self.desk.archive.measures();
        let pools = self.desk.archive.pools();
        let states = pools.iter().flat_map(|pool| {
            [("max", pool.most), ("open", pool.open), ("lent", pool.lent)]
                .map(|(state, count)| ([("pool", pool.name), ("state", state)], u64::from(count)))
        });
        page.gauges("connections", "Connections of a pool, by state", states)?;
        page.histograms(
            "connection_wait_seconds",
            "How long a question or an act waited for a connection",
            [(NO_LABEL, measures.lent.distribution())],
        )?;
        let by_table = |(table, took): (&'static str, Distribution)| ([("table", table)], took);
        page.histograms(
            "question_seconds",
            "How long a question took, by the table it was about",
            measures.questions().map(by_table),
        )?;
        page.histograms(
            "act_seconds",
            "How long an act on the register took, by the table it was about",
            measures.acts().map(by_table),
        )
    }

    fn sweep(&self, page: &mut Page) -> fmt::Result {
        let sweeps = &self.desk.sweeps;
        page.counters(
            "looks",
            "Cases that were looked at because something became due",
            [("done", sweeps.done.count()), ("failed", sweeps.failed.count())]
                .map(|(outcome, count)| ([("outcome", outcome)], count)),
        )?;
        page.counters(
            "steps_fired",
            "Steps that fired because something became due",
            [(NO_LABEL, sweeps.steps.count())],
        )?;
        page.histograms(
            "sweep_batch_seconds",
            "How long a batch of what was due took",
            [(NO_LABEL, sweeps.batch.distribution())],
        )?;
        page.gauges(
            "sweep_lag_seconds",
            "For how long the oldest step that has not fired had been due at the end of the last sweep",
            [(NO_LABEL, sweeps.lag())],
        )?;
        page.gauges(
            "sweep_cases_put_off",
            "Cases that failed and are put off, as last counted here, 1000 at most",
            [(NO_LABEL, sweeps.put_off())],
        )?;
        page.gauges(
            "last_sweep_timestamp_seconds",
            "When all that was due had been looked at, in seconds since 1970; 0 before the first time",
            [(NO_LABEL, sweeps.last())],
        )
    }

    fn search(&self, page: &mut Page) -> fmt::Result {
        let measures = self.desk.archive.measures();
        page.counters(
            "cases_indexed",
            "Cases that were indexed for the search",
            [(NO_LABEL, measures.indexed.count())],
        )?;
        page.gauges(
            "cases_to_index",
            "Cases that wait to be indexed, as last counted here, 10000 at most",
            [(NO_LABEL, measures.to_index())],
        )?;
        page.counters(
            "keys_wrapped",
            "Keys of cases that were wrapped anew, by the master key in use",
            [(NO_LABEL, measures.wrapped.count())],
        )
    }

    fn streams(&self, page: &mut Page) -> fmt::Result {
        page.gauges(
            "streams_open",
            "Streams that are open",
            [(NO_LABEL, self.desk.streams.open() as u64)],
        )?;
        page.gauges(
            "streams_open_max",
            "How many may be",
            [(NO_LABEL, STREAMS_MAX as u64)],
        )
    }
}

/// A figure that stands alone.
const NO_LABEL: [(&str, &str); 0] = [];

/// The text in the making.
struct Page<'e>(DescriptorEncoder<'e>);

impl Page<'_> {
    fn counters<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        figures: impl IntoIterator<Item = ([(&'static str, &'l str); N], u64)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (labels, figure) in figures {
            with(&mut family, &labels, |metric| {
                metric.encode_counter::<NoLabelSet, _, f64>(&figure, None)
            })?;
        }
        Ok(())
    }

    fn gauges<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        figures: impl IntoIterator<Item = ([(&'static str, &'l str); N], u64)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (labels, figure) in figures {
            with(&mut family, &labels, |metric| metric.encode_gauge(&figure))?;
        }
        Ok(())
    }

    fn histograms<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        figures: impl IntoIterator<Item = ([(&'static str, &'l str); N], Distribution)>,
    ) -> fmt::Result {
        let mut family = self
            .0
            .encode_descriptor(name, help, None, MetricType::Histogram)?;
        for (labels, Distribution { sum, buckets }) in figures {
            let count = buckets.iter().map(|(_, count)| count).sum();
            with(&mut family, &labels, |metric| {
                metric.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
            })?;
        }
        Ok(())
    }
}

/// Writes one figure of a family, under its labels if it has any.
fn with<const N: usize>(
    family: &mut MetricEncoder<'_>,
    labels: &[(&'static str, &str); N],
    write: impl FnOnce(&mut MetricEncoder<'_>) -> fmt::Result,
) -> fmt::Result {
    if N == 0 {
        write(family)
    } else {
        write(&mut family.encode_family(labels)?)
    }
}
