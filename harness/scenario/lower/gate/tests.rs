//! The block `gate`, from what is written to what will be done.
