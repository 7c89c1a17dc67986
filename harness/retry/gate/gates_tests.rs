//! The gates together.

use super::*;
