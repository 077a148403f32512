//! Matters that people bring to the houses of the tests.

use serde_json::{Value, json};

/// The user name of who takes matters in at the tobacco company.
pub const INTAKE: &str = "tobacco_supervision.intake_officer";

/// The user name of who does everything in the service hall.
pub const HALL: &str = "service_hall.complaint_officer";

/// A complaint by name, as a retail customer of the tobacco company brings it.
pub fn tobacco_complaint() -> Value {
    json!({
        "case_type": "complaint",
        "channel": "phone",
        "source": "public",
        "subject": "订烟系统重复扣款",
        "content": "9月16日订货,货款被扣两次,客户经理称与己无关。",
        "requested_remedy": "退回多扣货款并说明原因",
        "complainant": {
            "role": "complainant", "identity_mode": "real_name", "category": "retail_customer",
            "name": "张某", "phone": "13800000000",
        },
    })
}

/// A report that must stay secret (R03-2.1.5).
pub fn tobacco_report() -> Value {
    json!({
        "case_type": "report",
        "channel": "phone",
        "source": "public",
        "subject": "反映某客户经理收受礼品",
        "content": "节前多次收受零售户礼品。",
        "complainant": {"role": "reporter", "identity_mode": "anonymous", "category": "consumer"},
    })
}

/// A complaint by name, as it is brought to the service hall.
pub fn hall_complaint() -> Value {
    json!({
        "case_type": "complaint",
        "channel": "visit",
        "source": "public",
        "subject": "窗口提前下班",
        "content": "十一点半到大厅,三号窗口已经没有人,问讯处说下午再来。",
        "complainant": {
            "role": "complainant", "identity_mode": "real_name", "name": "张某某", "phone": "13800000000",
        },
    })
}

/// A matter with one field more, or another.
#[must_use]
pub fn with(mut matter: Value, field: &str, value: impl Into<Value>) -> Value {
    matter[field] = value.into();
    matter
}
