//! Ending another thread's wait.

use std::fmt;
use std::sync::{Arc, Weak};

/// What an alarm does when it is rung.
pub type Ring = dyn Fn() + Send + Sync;

/// Ends a transport's wait from another thread. Whoever waits keeps it; whoever may ring it holds it weakly.
#[derive(Clone)]
pub struct Alarm(Arc<Ring>);

impl Alarm {
    /// An alarm that does this when it is rung.
    pub fn new(ring: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(ring))
    }

    /// What rings it for as long as someone keeps it.
    pub fn downgrade(&self) -> Weak<Ring> {
        Arc::downgrade(&self.0)
    }

    /// Ends the wait.
    pub fn ring(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Alarm")
    }
}
