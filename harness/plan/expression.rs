//! Expressions over measurements (the parser is on its way from its own branch).

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression;
