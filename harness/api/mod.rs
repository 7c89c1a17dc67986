//! Operations, their requests and their replies as data. Nothing here touches a socket.
//!
//! A scenario's step is bound to an operation once, when the plan is made ([`Exchange::bind`]); what is left for each
//! attempt is to fill holes ([`Exchange::write_body`] and its like) and to read the reply ([`Exchange::read`]).

mod attendees;
mod bind;
mod cursor;
mod error_code;
mod exchange;
mod fields;
mod fit;
mod form;
mod found;
mod hints;
mod hole;
mod input;
mod link;
mod operation;
mod path;
mod path_tree;
mod read;
mod render;
mod reply;
mod scan;
mod status;
mod template;
mod value_template;
mod wants;
mod wire_error;
mod xml;

pub use attendees::{attendees, attendees_legacy};
pub use bind::{BindError, Binding};
pub use cursor::Cursor;
pub use error_code::{ErrorCode, find_error_code};
pub use exchange::Exchange;
pub use fields::Fields;
pub use hints::{Claim, Hints, Noted, NotedHeaders, Pushback};
pub use hole::{Context, Hole, PageHole};
pub use input::{Attempt, Input, Sequence, Values};
pub use operation::{BatchShape, Body, Catalogue, Creation, Dialect, Operation, Paging, Place};
pub use path::{JsonPath, PathError};
pub use render::Rendered;
pub use reply::{Extracted, FailedItem, Reply, Stamps};
pub use status::{StatusError, StatusSet};
pub use template::{Template, TemplateError};
pub use value_template::ValueTemplate;
pub use wants::{CaptureSource, FailedItems, NextPage, ReadError, Wants};
pub use wire_error::WireError;
