//! What the service says of itself.

pub mod get_demo_clock;
pub mod get_liveness;
pub mod get_metrics;
pub mod get_openapi_document;
pub mod get_readiness;
pub mod list_sweeps;
pub mod set_demo_clock;
