//! What people and programs read after a run: `report.json`, the page, the summary, the test cases, the console.
//!
//! Every renderer is a pure function of [`Report`] and, for the page, [`View`]. Foreign text is harmless by its type
//! ([`text::Text`]); each renderer escapes it for its own format.

mod build;
pub mod capacity;
mod chart;
pub mod ci;
pub mod console;
pub mod discover;
mod figure;
mod folder;
pub mod gate;
mod hlog;
pub mod html;
pub mod junit;
pub mod markdown;
pub mod model;
mod number;
mod picture;
#[cfg(test)]
mod sample;
pub mod schema;
mod settings;
mod story;
mod table;
#[cfg(test)]
mod tests;
pub mod text;
pub mod tune;
mod validity;
pub mod verdict;
pub mod view;

pub use build::build;
pub use folder::{FolderError, JOURNAL, RunFolder};
pub use model::{Report, ValidityWord, Word};
pub use picture::view;
pub use view::{HeatMap, View};
