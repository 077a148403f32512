//! How a due date is counted.
