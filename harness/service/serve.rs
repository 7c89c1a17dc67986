//! One request from its parts to its answer, in the documented order of checks, for every front that has parts.

use super::answer::{Answer, Rejection, ServiceError};
use super::attendees::draft::{Address, Draft};
use super::attendees::json::Json;
use super::attendees::violations::Violations;
use super::caller::Caller;
use super::permit::Demand;
use super::{Request, Service};
use crate::units::Nanos;

impl Service {
    /// Throttles, reads and performs, all at one instant. `path` is the path as it was sent; `body` reads the body, and is
    /// not called for a request that is turned away before or that has none.
    ///
    /// # Errors
    /// The answer to a request that is turned away; it had no effect and used no token.
    pub fn serve<'a>(
        &mut self,
        now: Nanos,
        caller: Caller,
        path: &str,
        address: Address<'a>,
        body: impl FnOnce() -> Result<Json<'a>, ServiceError>,
    ) -> Result<Answer, Rejection> {
        let operation = address.operation;
        // Where items cost tokens, the body has to be read first to count them.
        let permit = if self.counts_items(operation) {
            self.check_up(now)?;
            None
        } else {
            Some(self.admit(now, caller, &Demand { operation, items: 1, path })?)
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
        let late = Demand { operation, items: request.items(), path };
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
