//! Work shared among threads, so that who does what leaves no trace in the outcome.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::sim::SimError;

/// How far a comparison has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, in a few words.
    pub phase: &'static str,
    /// Pieces of the phase that are done.
    pub done: u64,
    /// Pieces that there are in the phase.
    pub of: u64,
    /// The best so far, where that is known.
    pub leader: Option<String>,
}

/// Why work came to no end.
#[derive(Debug)]
pub(super) enum Interrupted {
    /// Somebody asked for it.
    Stopped,
    /// A simulation could not be done.
    Failed(SimError),
}

/// Threads that take pieces of work from a counter. Results lie in the order of the pieces, whoever did them and when.
pub(super) struct Pool<'a> {
    threads: NonZeroUsize,
    progress: &'a (dyn Fn(&Progress) + Sync),
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Pool<'a> {
    pub(super) fn new(
        threads: NonZeroUsize,
        progress: &'a (dyn Fn(&Progress) + Sync),
        stop: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        Self { threads, progress, stop }
    }

    /// Whether somebody asked for an end.
    pub(super) fn is_stopped(&self) -> bool {
        (self.stop)()
    }

    /// Does pieces 0 to `pieces`, each once.
    ///
    /// # Errors
    /// Where it was stopped, or one of the pieces failed; what is done by then is lost.
    pub(super) fn map<T: Send>(
        &self,
        phase: &'static str,
        leader: Option<&str>,
        pieces: usize,
        work: impl Fn(usize) -> Result<T, SimError> + Sync,
    ) -> Result<Vec<T>, Interrupted> {
        let (next, done, failed) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicBool::new(false));
        let tell =
            |done| (self.progress)(&Progress { phase, done, of: pieces as u64, leader: leader.map(str::to_owned) });
        let one_thread = || {
            let mut mine = Vec::new();
            while !(self.is_stopped() || failed.load(Ordering::Relaxed)) {
                let piece = next.fetch_add(1, Ordering::Relaxed);
                if piece >= pieces {
                    break;
                }
                let result = work(piece);
                failed.fetch_or(result.is_err(), Ordering::Relaxed);
                mine.push((piece, result));
                tell(done.fetch_add(1, Ordering::Relaxed) + 1);
            }
            mine
        };
        tell(0);
        let mut all = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads.get().min(pieces.max(1))).map(|_| scope.spawn(one_thread)).collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            threads.into_iter().flat_map(join).collect::<Vec<_>>()
        });
        all.sort_unstable_by_key(|(piece, _)| *piece);
        let results: Result<Vec<T>, SimError> = all.into_iter().map(|(_, result)| result).collect();
        match results {
            Err(error) => Err(Interrupted::Failed(error)),
            Ok(results) if results.len() < pieces => Err(Interrupted::Stopped),
            Ok(results) => Ok(results),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threads(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).expect("above zero")
    }

    #[test]
    fn results_lie_in_the_order_of_the_pieces_whoever_did_them() {
        for count in [1, 2, 5] {
            let pool = Pool::new(threads(count), &|_| {}, &|| false);
            let squares = pool.map("squares", None, 100, |piece| Ok(piece * piece));
            let squares = squares.unwrap_or_else(|why| panic!("{why:?}"));
            assert_eq!(squares, (0..100).map(|piece| piece * piece).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_stop_ends_it_between_two_pieces() {
        let done = AtomicU64::new(0);
        let seen = |progress: &Progress| done.store(progress.done, Ordering::Relaxed);
        let stop = || done.load(Ordering::Relaxed) >= 3;
        let pool = Pool::new(threads(1), &seen, &stop);
        assert!(matches!(pool.map("pieces", None, 100, Ok), Err(Interrupted::Stopped)));
        assert_eq!(done.into_inner(), 3);
    }
}
