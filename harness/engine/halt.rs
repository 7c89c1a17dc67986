//! Ending a run before its time.

use tokio::sync::watch;

/// How far a run has to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Halt {
    /// Not at all.
    #[default]
    Go,
    /// The measurement ends; the audit and the teardown are still made.
    Measurement,
    /// Everything ends: someone asked for it.
    Everything,
}

/// A listener that is reached by halts of a kind and above.
#[derive(Clone, Debug)]
pub struct HaltAt {
    receiver: watch::Receiver<Halt>,
    level: Halt,
}

impl HaltAt {
    /// Listens to `sender` for halts of `level` and above.
    pub fn new(sender: &watch::Sender<Halt>, level: Halt) -> Self {
        Self { receiver: sender.subscribe(), level }
    }

    /// Waits for such a halt; for ever where there is none.
    pub async fn reached(&mut self) {
        let level = self.level;
        if self.receiver.wait_for(|halt| *halt >= level).await.is_err() {
            // A sender that is gone cannot halt anything any more.
            std::future::pending::<()>().await;
        }
    }
}

/// Raises the halt to a level, never lowers it.
pub fn raise(sender: &watch::Sender<Halt>, level: Halt) {
    sender.send_if_modified(|halt| {
        let raised = level > *halt;
        *halt = level.max(*halt);
        raised
    });
}
