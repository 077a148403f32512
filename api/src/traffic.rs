//! How many requests each operation got, how they ended, and how long they took.

use std::collections::BTreeMap;
use std::time::Instant;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;
use persistence::measure::{Counter, Distribution, Histogram};

use crate::directory::Directory;

/// The classes of statuses, as they are shown.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// What is not an operation: the documentation's pages, and addresses that do not exist.
const NO_OPERATION: &str = "none";

/// The figures of all operations. They are listed before the first request, so that counting locks nothing.
#[derive(Debug)]
pub struct Traffic {
    operations: BTreeMap<String, Operation>,
    others: Operation,
}

/// The figures of one.
#[derive(Debug)]
struct Operation {
    classes: [Counter; CLASSES.len()],
    took: Histogram,
}

impl Operation {
    fn new() -> Self {
        Self {
            classes: std::array::from_fn(|_| Counter::default()),
            took: Histogram::of_durations(),
        }
    }
}

impl Traffic {
    /// Nothing yet, on all operations of this directory.
    pub fn of(directory: &Directory) -> Self {
        Self {
            operations: directory
                .operations()
                .map(|id| (id.to_owned(), Operation::new()))
                .collect(),
            others: Operation::new(),
        }
    }

    /// How many requests each operation answered in each class; those that nobody asked are left out.
    pub fn answered(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        self.all().flat_map(|(id, operation)| {
            CLASSES
                .iter()
                .zip(&operation.classes)
                .map(move |(class, counter)| (id, *class, counter.count()))
                .filter(|(.., count)| *count > 0)
        })
    }

    /// How long each operation took that was asked.
    pub fn took(&self) -> impl Iterator<Item = (&str, Distribution)> {
        self.all()
            .map(|(id, operation)| (id, operation.took.distribution()))
            .filter(|(_, took)| took.buckets.iter().any(|(_, count)| *count > 0))
    }

    fn all(&self) -> impl Iterator<Item = (&str, &Operation)> {
        let listed = self.operations.iter().map(|(id, it)| (id.as_str(), it));
        listed.chain([(NO_OPERATION, &self.others)])
    }

    fn find(&self, id: Option<&str>) -> &Operation {
        id.and_then(|id| self.operations.get(id)).unwrap_or(&self.others)
    }
}

/// The middleware around everything that counts; see the module.
///
/// # Errors
/// Whatever the operation itself fails with.
pub async fn count<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let traffic = request.app_data::<Data<Traffic>>().cloned();
    let directory = request.app_data::<Data<Directory>>().cloned();
    let id = directory
        .as_ref()
        .and_then(|directory| directory.operation(&request));
    let outcome = next.call(request).await;
    if let Some(traffic) = &traffic {
        let status = match &outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        let operation = traffic.find(id);
        operation.classes[class(status)].increase();
        operation.took.took(begun.elapsed());
    }
    outcome.map(ServiceResponse::map_into_boxed_body)
}

/// The place of a status among the classes; one that is in none is a failure of ours.
fn class(status: StatusCode) -> usize {
    let hundreds = usize::from(status.as_u16() / 100);
    hundreds.clamp(1, CLASSES.len()) - 1
}
