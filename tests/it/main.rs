//! What a user sees, and what the repository promises of itself.

mod order;
