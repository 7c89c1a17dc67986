//! How a request is answered that breaks a constraint of the API's model.

use crate::service::answer::ServiceError;

/// The type of that error. The documentation names one; on the wire of the real service the other has been seen, which
/// no client maps to a class of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValidationError {
    /// `BadRequestException`.
    #[default]
    BadRequest,
    /// `ValidationException`.
    ValidationException,
}

impl ValidationError {
    /// The error with that message.
    pub(in crate::service) fn error(self, message: String) -> ServiceError {
        match self {
            Self::BadRequest => ServiceError::bad_request(message),
            Self::ValidationException => ServiceError::new(400, "ValidationException", message),
        }
    }
}
