//! One request from its parts to its answer, in the documented order of checks, for every front that has parts.

use super::amounts::Numbers;
use super::answer::{Answer, Rejection, ServiceError};
use super::attendees::draft::{Address, Draft};
use super::attendees::json::Json;
use super::attendees::violations::Violations;
use super::caller::Caller;
use super::permit::Demand;
use super::{Request, Service};
use crate::units::Nanos;

/// What a request says besides its address and its body, for limiters that look at it.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// The path as it was sent, without the query; empty where there is none.
    pub path: &'a str,
    /// What a parameter of the query says.
    pub query: &'a dyn Fn(&str) -> Option<String>,
}

impl Service {
    /// Throttles, reads and performs, all at one instant. `body` reads the body, and is not called for a request that is
    /// turned away before or that has none.
    ///
    /// # Errors
    /// As [`admit`](Self::admit).
    pub fn serve<'a>(
        &mut self,
        now: Nanos,
        caller: Caller,
        sent: Sent<'_>,
        address: Address<'a>,
        body: impl FnOnce() -> Result<Json<'a>, ServiceError>,
    ) -> Result<Answer, Rejection> {
        let operation = address.operation;
        let Sent { path, query } = sent;
        // Where what is in the body costs tokens, the body has to be read first.
        let permit = if self.needs_body(operation) {
            self.check_up(now)?;
            None
        } else {
            let amounts = Numbers { query, body: None };
            Some(self.admit(now, caller, &Demand { operation, items: 1, path, amounts: &amounts })?)
        };
        let body = if operation.has_body() { body() } else { Ok(Json::Null) };
        let draft = match &body {
            Ok(body) => Draft::read(caller.namespace(), address, body).map_err(|found| self.invalid(found)),
            Err(error) => Err(error.clone()),
        };
        let draft = match draft {
            Ok(draft) => draft,
            Err(error) => {
                if let Some(permit) = permit {
                    self.waive(now, permit);
                }
                return Ok(Answer::error(error));
            }
        };
        let request: Request<'_> = draft.request();
        let amounts = Numbers { query, body: body.as_ref().ok() };
        let late = Demand { operation, items: request.items(), path, amounts: &amounts };
        let permit = match permit {
            Some(permit) => permit,
            None => self.admit(now, caller, &late)?,
        };
        Ok(self.perform(now, permit, &request))
    }

    /// The error for a request that breaks constraints of the model.
    fn invalid(&self, found: Violations) -> ServiceError {
        self.config().validation_error.error(found.into_message().unwrap_or_default())
    }
}
