//! The SDKs' own numbers.

use super::*;
