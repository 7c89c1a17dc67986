//! Any number of waits on one timer of the thread, each as punctual as that timer.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{MonotonicClock, SystemTimer, Timer};
use crate::units::Nanos;

/// The waits of a thread. [`drive`](Self::drive) has to run beside them.
#[derive(Debug)]
pub struct Waits {
    clock: MonotonicClock,
    /// Whoever waits, by time and then by a number that keeps two waits for the same instant apart.
    waiting: RefCell<BTreeMap<(Nanos, u64), Waker>>,
    next: Cell<u64>,
    /// The driver, to be told that an earlier wait has come.
    driver: RefCell<Option<Waker>>,
}

impl Waits {
    /// No waits yet, on that clock.
    pub fn new(clock: MonotonicClock) -> Rc<Self> {
        Rc::new(Self { clock, waiting: RefCell::default(), next: Cell::new(0), driver: RefCell::new(None) })
    }

    /// Waits for that long.
    pub fn wait(self: &Rc<Self>, span: Nanos) -> Wait {
        Wait { waits: Rc::clone(self), at: self.clock.now() + span, key: None }
    }

    /// Wakes whoever is due, for ever. Needs the thread's runtime.
    pub async fn drive(&self) {
        let timer = SystemTimer::new(self.clock);
        loop {
            let wake = self.earliest();
            {
                let mut timeout = pin!(timer.until(wake));
                // Ends when the time has come, or when an earlier wait has come in.
                poll_fn(|cx| {
                    *self.driver.borrow_mut() = Some(cx.waker().clone());
                    if self.earliest() < wake { Poll::Ready(()) } else { timeout.as_mut().poll(cx) }
                })
                .await;
            }
            self.wake(self.clock.now());
        }
    }

    fn earliest(&self) -> Nanos {
        self.waiting.borrow().first_key_value().map_or(Nanos::MAX, |(&(at, _), _)| at)
    }

    fn wake(&self, now: Nanos) {
        let mut waiting = self.waiting.borrow_mut();
        let later = waiting.split_off(&(now, u64::MAX));
        let due = std::mem::replace(&mut *waiting, later);
        drop(waiting);
        due.into_values().for_each(Waker::wake);
    }

    fn add(&self, at: Nanos, waker: Waker) -> (Nanos, u64) {
        let key = (at, self.next.replace(self.next.get() + 1));
        let mut waiting = self.waiting.borrow_mut();
        waiting.insert(key, waker);
        if waiting.first_key_value().is_some_and(|(first, _)| *first == key)
            && let Some(driver) = self.driver.borrow_mut().take()
        {
            driver.wake();
        }
        key
    }
}

/// One wait. Giving it up leaves nothing behind.
#[derive(Debug)]
pub struct Wait {
    waits: Rc<Waits>,
    at: Nanos,
    key: Option<(Nanos, u64)>,
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.waits.clock.now() >= self.at {
            return Poll::Ready(());
        }
        if let Some(key) = self.key
            && let Some(waker) = self.waits.waiting.borrow_mut().get_mut(&key)
        {
            waker.clone_from(cx.waker());
            return Poll::Pending;
        }
        self.key = Some(self.waits.add(self.at, cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.waits.waiting.borrow_mut().remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream::{FuturesUnordered, StreamExt as _};

    use super::*;

    fn run<T>(test: impl AsyncFnOnce(Rc<Waits>, MonotonicClock) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let clock = MonotonicClock::start();
            let waits = Waits::new(clock);
            let driver = Rc::clone(&waits);
            tokio::select! {
                () = driver.drive() => unreachable!("it drives for ever"),
                outcome = test(waits, clock) => outcome,
            }
        })
    }

    #[test]
    fn waits_end_in_their_own_order_and_never_early() {
        let order = run(async |waits, clock| {
            // The later ones come first, so that each has to move the timer forward. The set polls in the order of the wakings:
            // however late the machine makes the timer, waits that end together still end in their order.
            let waiting: FuturesUnordered<_> = [9, 6, 3, 0]
                .into_iter()
                .map(async |millis: u64| {
                    let before = clock.now();
                    waits.wait(Nanos::from_millis(millis)).await;
                    assert!(clock.now() - before >= Nanos::from_millis(millis));
                    millis
                })
                .collect();
            waiting.collect::<Vec<_>>().await
        });
        assert_eq!(order, [0, 3, 6, 9]);
    }

    #[test]
    fn a_wait_that_is_given_up_leaves_nothing_behind() {
        run(async |waits, _| {
            tokio::select! {
                () = waits.wait(Nanos::from_secs(3_600)) => panic!("an hour has passed"),
                () = waits.wait(Nanos::from_millis(1)) => {}
            }
            assert!(waits.waiting.borrow().is_empty());
        });
    }
}
