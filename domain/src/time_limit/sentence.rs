//! A count read aloud, for the person who asks "why the 21st?". It says nothing that the [`Count`] does not hold.

use chrono::{Datelike, NaiveDate, Timelike};

use super::{Count, CountedDay, Reason, Span, StartDay, Unit, Within};

/// How many counted days are named one by one; of more, the first and the last.
const NAMED_AT_MOST: usize = 5;

/// The count in Chinese. `started` says what started it, as a short predicate: `收到登记表`.
///
/// ```
/// # use domain::{calendar::Calendar, time_limit::{Counting, Limit, Within, count, sentence_zh}};
/// # let limit = Limit::from("2 working days".parse::<Within>()?);
/// # let signed = "2026-09-18T10:05:00+08:00".parse()?;
/// # let count = count(signed, &limit, &Counting::default(), &[], &Calendar::national()).unwrap();
/// assert_eq!(
///     sentence_zh(&count, "收到登记表"),
///     "9月18日收到登记表，当日不计；9月20日（调休上班）为第1个工作日，9月21日为第2个工作日，24时届满。"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn sentence_zh(count: &Count, started: &str) -> String {
    let date = |day: NaiveDate| date_zh(count, day);
    let mut parts = vec![if runs_in_hours(count) {
        format!(
            "{}{}{started}",
            date(count.day_zero),
            clock_zh(count, count.start)
        )
    } else if skips_start_day(count) {
        format!("{}{started}，当日不计", date(count.day_zero))
    } else {
        format!("{}{started}", date(count.day_zero))
    }];
    if states_limit(count) {
        let extensions = count
            .limit
            .extensions
            .iter()
            .map(|span| format!("，延长{}", span_zh(*span)));
        parts.push(format!(
            "期限{}{}",
            within_zh(count.limit.within),
            extensions.collect::<String>()
        ));
    }
    let named = |day: &CountedDay| {
        let number = day
            .number
            .map(|number| ordinal_zh(count, number))
            .unwrap_or_default();
        let remark = if day.reason == Reason::MakeupWorkday {
            "（调休上班）"
        } else {
            ""
        };
        format!("{}{remark}为第{number}", date(day.date))
    };
    parts.extend(passed_over(count).map(|(name, days)| {
        let days: Vec<_> = days
            .into_iter()
            .map(|(first, last)| range(first, last, "至", date))
            .collect();
        format!("{}（{}）不计", name.unwrap_or("暂停期间"), days.join("、"))
    }));
    parts.extend(listed(count, "，", "，……，", named));
    if let Some(rest) = count.rolled_from {
        parts.push(format!("{}为休息日，顺延至{}", date(rest), date(count.due_on)));
    }
    let end = clock_zh(count, count.due_at);
    let has_end = listed(count, "", "", |_| String::new()).is_some() || count.rolled_from.is_some();
    let end = if has_end {
        format!("，{end}届满。")
    } else {
        format!("；{}{end}届满。", date(count.due_on))
    };
    let mut notes: Vec<String> = Vec::new();
    notes.extend(
        count
            .provisional_years
            .iter()
            .map(|year| format!("{year}年放假安排尚未公布，此期限为暂定。")),
    );
    if let Some(since) = count.paused_since {
        notes.push(format!(
            "自{}起暂停计算，尚未恢复，届满时间将相应推后。",
            date(local_date(count, since))
        ));
    }
    if count.beyond_reach {
        notes.push("期限超出可计算范围，实际届满时间更晚。".to_owned());
    }
    parts.join("；") + &end + &notes.concat()
}

/// The count in English. `started` says what started it, as a short clause: `the form was received`.
///
/// ```
/// # use domain::{calendar::Calendar, time_limit::{Counting, Limit, Within, count, sentence_en}};
/// # let limit = Limit::from("2 working days".parse::<Within>()?);
/// # let signed = "2026-09-18T10:05:00+08:00".parse()?;
/// # let count = count(signed, &limit, &Counting::default(), &[], &Calendar::national()).unwrap();
/// assert_eq!(
///     sentence_en(&count, "the form was received"),
///     "On 18 September 2026 the form was received, and that day is not counted; 20 September (make-up workday) is \
///      working day 1, 21 September is working day 2; it ends on 21 September at 24:00."
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn sentence_en(count: &Count, started: &str) -> String {
    let date = |day: NaiveDate| date_en(count, day);
    let start = count.day_zero.format("%-d %B %Y");
    let mut parts = vec![if runs_in_hours(count) {
        format!("On {start} at {} {started}", clock_en(count, count.start))
    } else if skips_start_day(count) {
        format!("On {start} {started}, and that day is not counted")
    } else {
        format!("On {start} {started}")
    }];
    if states_limit(count) {
        let extensions = count
            .limit
            .extensions
            .iter()
            .map(|span| format!(", extended by {span}"));
        parts.push(format!(
            "the limit is {}{}",
            count.limit.within,
            extensions.collect::<String>()
        ));
    }
    let named = |day: &CountedDay| {
        let number = day.number.unwrap_or_default();
        let remark = if day.reason == Reason::MakeupWorkday {
            " (make-up workday)"
        } else {
            ""
        };
        let kind = if counts_working_days(count) {
            "working day"
        } else {
            "day"
        };
        format!("{}{remark} is {kind} {number}", date(day.date))
    };
    parts.extend(passed_over(count).map(|(name, days)| {
        let days: Vec<_> = days
            .into_iter()
            .map(|(first, last)| range(first, last, " to ", date))
            .collect();
        match name {
            Some(name) => format!("{name} ({}) is not counted", days.join(", ")),
            None => format!("the pause ({}) is not counted", days.join(", ")),
        }
    }));
    parts.extend(listed(count, ", ", ", …, ", named));
    if let Some(rest) = count.rolled_from {
        parts.push(format!(
            "{} is a day of rest and {} takes its place",
            date(rest),
            date(count.due_on)
        ));
    }
    let end = format!(
        "it ends on {} at {}.",
        date(count.due_on),
        clock_en(count, count.due_at)
    );
    parts.push(end);
    let mut notes = vec![parts.join("; ")];
    notes.extend(
        count
            .provisional_years
            .iter()
            .map(|year| format!("The holidays of {year} are not published yet: this is provisional.")),
    );
    if let Some(since) = count.paused_since {
        let since = date(local_date(count, since));
        notes.push(format!(
            "The count is paused since {since} and has not gone on: the end will move."
        ));
    }
    if count.beyond_reach {
        notes.push("The limit reaches further than can be counted: the true end lies later.".to_owned());
    }
    notes.join(" ")
}

/// The days counted, if they are numbered through: one stretch of days, written down to its end.
fn listed(count: &Count, comma: &str, gap: &str, named: impl Fn(&CountedDay) -> String) -> Option<String> {
    let counted: Vec<_> = count.days.iter().filter(|day| day.number.is_some()).collect();
    let restarts = counted.windows(2).any(|pair| pair[0].number >= pair[1].number);
    let same_day = count.limit.within == Within::SameDay;
    if same_day || restarts || count.days_truncated || count.days.iter().any(|day| day.time.is_some()) {
        return None;
    }
    match counted.as_slice() {
        [] => None,
        days if days.len() <= NAMED_AT_MOST => {
            Some(days.iter().map(|day| named(day)).collect::<Vec<_>>().join(comma))
        }
        [first, .., last] => Some(format!("{}{gap}{}", named(first), named(last))),
        [only] => Some(named(only)),
    }
}

/// Neighbouring days as their first and last.
type Blocks = Vec<(NaiveDate, NaiveDate)>;

/// The named days off that were not counted, and the days of pauses (without a name). Weekends go without saying.
fn passed_over(count: &Count) -> impl Iterator<Item = (Option<&str>, Blocks)> {
    let mut found: Vec<(Option<&str>, Blocks)> = Vec::new();
    for day in count.days.iter().filter(|day| !day.counted) {
        let name = match day.reason {
            Reason::Holiday | Reason::LocalDayOff => day.name.as_deref(),
            Reason::Paused => None,
            Reason::WorkingDay
            | Reason::MakeupWorkday
            | Reason::LocalWorkday
            | Reason::Weekend
            | Reason::StartDay
            | Reason::AfterHours
            | Reason::RolledTo => continue,
        };
        let at = found
            .iter()
            .position(|(known, _)| *known == name)
            .unwrap_or_else(|| {
                found.push((name, Vec::new()));
                found.len() - 1
            });
        let blocks = &mut found[at].1;
        match blocks.last_mut() {
            Some((_, last)) if last.succ_opt() == Some(day.date) => *last = day.date,
            _ => blocks.push((day.date, day.date)),
        }
    }
    found.into_iter()
}

fn range(first: NaiveDate, last: NaiveDate, to: &str, date: impl Fn(NaiveDate) -> String) -> String {
    if first == last {
        date(first)
    } else {
        format!("{}{to}{}", date(first), date(last))
    }
}

fn runs_in_hours(count: &Count) -> bool {
    matches!(count.limit.within, Within::Span(span) if matches!(span.unit, Unit::Hour | Unit::WorkingHour))
}

/// Whether the days that are listed do not say the limit by themselves.
fn states_limit(count: &Count) -> bool {
    let by_itself = match count.limit.within {
        Within::SameDay => true,
        Within::Span(span) => matches!(span.unit, Unit::WorkingDay | Unit::Day),
        Within::Immediately | Within::Promptly | Within::AsPrescribed => false,
    };
    !by_itself || !count.limit.extensions.is_empty()
}

fn counts_working_days(count: &Count) -> bool {
    matches!(count.limit.within, Within::Span(span) if span.unit == Unit::WorkingDay)
}

fn skips_start_day(count: &Count) -> bool {
    count.counting.start_day == StartDay::NotCounted && count.limit.within != Within::SameDay
}

fn local_date(count: &Count, instant: chrono::DateTime<chrono::Utc>) -> NaiveDate {
    instant.with_timezone(&count.utc_offset).date_naive()
}

/// The time on the office's clock; the end of a day is 24:00 of that day.
fn clock(count: &Count, instant: chrono::DateTime<chrono::Utc>) -> (u32, u32) {
    let local = instant.with_timezone(&count.utc_offset);
    match (local.hour(), local.minute()) {
        (0, 0) if instant == count.due_at => (24, 0),
        clock => clock,
    }
}

fn clock_zh(count: &Count, instant: chrono::DateTime<chrono::Utc>) -> String {
    match clock(count, instant) {
        (hour, 0) => format!("{hour}时"),
        (hour, minute) => format!("{hour}时{minute:02}分"),
    }
}

fn clock_en(count: &Count, instant: chrono::DateTime<chrono::Utc>) -> String {
    let (hour, minute) = clock(count, instant);
    format!("{hour:02}:{minute:02}")
}

fn date_zh(count: &Count, date: NaiveDate) -> String {
    let day = format!("{}月{}日", date.month(), date.day());
    if date.year() == count.day_zero.year() {
        day
    } else {
        format!("{}年{day}", date.year())
    }
}

fn date_en(count: &Count, date: NaiveDate) -> String {
    let format = if date.year() == count.day_zero.year() {
        "%-d %B"
    } else {
        "%-d %B %Y"
    };
    date.format(format).to_string()
}

fn ordinal_zh(count: &Count, number: u32) -> String {
    if counts_working_days(count) {
        format!("{number}个工作日")
    } else {
        format!("{number}日")
    }
}

fn within_zh(within: Within) -> String {
    match within {
        Within::Immediately => "立即".to_owned(),
        Within::Promptly => "及时".to_owned(),
        Within::AsPrescribed => "规定时间".to_owned(),
        Within::SameDay => "当日".to_owned(),
        Within::Span(span) => span_zh(span),
    }
}

fn span_zh(span: Span) -> String {
    let amount = span.amount;
    match span.unit {
        Unit::WorkingHour => format!("{amount}个工作小时"),
        Unit::Hour => format!("{amount}小时"),
        Unit::WorkingDay => format!("{amount}个工作日"),
        Unit::Day => format!("{amount}日"),
        Unit::Month => format!("{amount}个月"),
        Unit::Year => format!("{amount}年"),
    }
}
