//! What holds of all bytes.
