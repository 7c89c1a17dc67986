//! One request from its parts to its answer, in the documented order of checks, for every front that has parts.

use super::answer::{Answer, ServiceError};
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
    pub fn serve<'a>(
        &mut self,
        now: Nanos,
        caller: Caller,
        path: &str,
        address: Address<'a>,
        body: impl FnOnce() -> Result<Json<'a>, ServiceError>,
    ) -> Answer {
        let operation = address.operation;
        // Where items cost tokens, the body has to be read first to count them.
        let permit = if self.counts_items(operation) {
            self.check_up(now).map(|()| None)
        } else {
            self.admit(now, caller, &Demand { operation, items: 1, path }).map(Some)
        };
        let permit = match permit {
            Ok(permit) => permit,
            Err(rejection) => return rejection.into(),
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
                return Answer::error(error);
            }
        };
        let request: Request<'_> = draft.request();
        let late = Demand { operation, items: request.items(), path };
        match permit.map_or_else(|| self.admit(now, caller, &late), Ok) {
            Ok(permit) => self.perform(now, permit, &request),
            Err(rejection) => rejection.into(),
        }
    }

    /// The error for a request that breaks constraints of the model.
    fn invalid(&self, found: Violations) -> ServiceError {
        self.config().validation_error.error(found.into_message().unwrap_or_default())
    }
}
